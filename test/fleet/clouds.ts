/** Servers of the clouds that a library may lie in, and the stores that speak to them: for tests. */
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { AzureStore, type AzureSettings } from '../../fleet/storage/azure-store.ts';
import { GcsStore, type GcsSettings } from '../../fleet/storage/gcs-store.ts';
import type { LibraryStore, UploadSigner } from '../../fleet/storage/port.ts';
import { S3Store, type S3StoreSettings } from '../../fleet/storage/s3-store.ts';
import { startAzurite, type Azurite } from '../servers/azurite.ts';
import { GcsServer } from '../servers/gcs.ts';
import { radosgwMissing, sharedRadosGateway } from '../servers/radosgw.ts';

const never = new AbortController().signal;

export interface Cloud {
  /** What its error codes begin with. */
  readonly name: string;
  readonly missing: 'bucket-missing' | 'container-missing';
  store(
    more?: { readonly prefix?: string; readonly bucket?: string; readonly endpoint?: string; readonly secret?: string },
    stop?: AbortSignal,
  ): LibraryStore & UploadSigner;
  readonly secret: string;
  /** For how many seconds the link says that it holds. */
  lasts(link: URL): number;
  /** Whether the server itself holds an upload to its size. */
  readonly bindsSize: boolean;
}

/** Why not, where the server is not installed. */
export type Start = () => Promise<{ readonly cloud: Cloud; readonly end: () => Promise<void> } | string>;

/** By where they are: of each cloud a server, with a bucket called `library`. */
export const CLOUDS: Readonly<Record<string, Start>> = {
  'a bucket of S3': async () => {
    const missing = radosgwMissing();
    if (missing !== undefined) return missing;
    const rgw = await sharedRadosGateway();
    const owner = await rgw.createUser('library-owner');
    const admin = new S3Client({
      endpoint: rgw.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: owner,
    });
    await admin.send(new CreateBucketCommand({ Bucket: 'library' }));
    admin.destroy();
    const settings: S3StoreSettings = { endpoint: rgw.endpoint, region: '', bucket: 'library', prefix: '', ...owner };
    const stores: S3Store[] = [];
    const cloud: Cloud = {
      name: 's3', missing: 'bucket-missing', secret: 'f'.repeat(40), bindsSize: true,
      store: ({ secret, ...more } = {}, stop = never) => {
        const store = new S3Store(
          { ...settings, ...more, ...(secret === undefined ? {} : { secretAccessKey: secret }) }, stop,
        );
        stores.push(store);
        return store;
      },
      lasts: ({ searchParams }) => Number(searchParams.get('X-Amz-Expires')),
    };
    return { cloud, end: async () => { for (const store of stores) store[Symbol.dispose](); } };
  },
  'a bucket of Google': async () => {
    const server = await GcsServer.start();
    server.createBucket('library');
    const account = server.accounts.create('library', { may: ['get', 'create', 'delete', 'list'], prefix: '' });
    const other = server.accounts.create('other', { may: [], prefix: '' });
    const settings: GcsSettings = {
      endpoint: server.endpoint, bucket: 'library', prefix: '', key: JSON.stringify(account),
    };
    const cloud: Cloud = {
      name: 'gcs', missing: 'bucket-missing',
      secret: JSON.stringify({ ...account, private_key: other.private_key }), bindsSize: true,
      store: ({ secret, ...more } = {}, stop = never) =>
        new GcsStore({ ...settings, ...more, ...(secret === undefined ? {} : { key: secret }) }, stop),
      lasts: ({ searchParams }) => Number(searchParams.get('X-Goog-Expires')),
    };
    return { cloud, end: () => server.stop() };
  },
  'a container of Azure': async () => {
    const azurite: Azurite = await startAzurite();
    const { endpoint, account, accountKey } = azurite;
    await new BlobServiceClient(endpoint, new StorageSharedKeyCredential(account, accountKey)).getContainerClient(
      'library',
    )
      .create();
    const settings: AzureSettings = { endpoint, accountKey, container: 'library', prefix: '' };
    const cloud: Cloud = {
      name: 'azure', missing: 'container-missing', secret: Buffer.alloc(64, 1).toString('base64'), bindsSize: false,
      store: ({ secret, bucket = 'library', ...more } = {}, stop = never) =>
        new AzureStore(
          { ...settings, ...more, container: bucket, ...(secret === undefined ? {} : { accountKey: secret }) }, stop,
        ),
      lasts: ({ searchParams }) => (Date.parse(searchParams.get('se') ?? '') - Date.now()) / 1000,
    };
    return { cloud, end: async () => { await azurite[Symbol.asyncDispose](); } };
  },
};
