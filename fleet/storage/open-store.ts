import { AzureStore } from './azure-store.ts';
import { DirectoryLibrary } from './directory-library.ts';
import { GcsStore } from './gcs-store.ts';
import type { LinkSigner } from './link-signer.ts';
import type { LibraryStore } from './port.ts';
import { S3Store } from './s3-store.ts';
import type { StoreSpec } from './store-spec.ts';

export interface ConsoleLinks {
  readonly signer: LinkSigner;
  /** Path below which the console serves objects. */
  readonly route: string;
}

/**
 * The store that `spec` means. Nothing is connected or loaded yet.
 *
 * @param links - Those of a folder lead to the console.
 * @param stop - Ends whatever is under way, elsewhere than in a folder.
 * @throws {ConfigError} When the settings cannot work together.
 */
export function openStore(
  { place, endpoint = '', encryption = '', ...keys }: StoreSpec, links: ConsoleLinks, stop: AbortSignal,
): LibraryStore {
  switch (place.type) {
    case 'directory': return new DirectoryLibrary(place.folder, links.signer, links.route, { create: false });
    case 's3': {
      const { bucket, prefix } = place;
      const { region = '', access_key_id: accessKeyId = '', secret_access_key: secretAccessKey = '' } = keys;
      return new S3Store({ endpoint, region, bucket, prefix, accessKeyId, secretAccessKey, encryption }, stop);
    }
    case 'gcs': {
      const { bucket, prefix } = place;
      return new GcsStore({ endpoint, bucket, prefix, key: keys.key_file ?? '', encryption }, stop);
    }
    case 'azure': {
      const { container, prefix } = place;
      return new AzureStore({ endpoint, accountKey: keys.account_key ?? '', container, prefix, encryption }, stop);
    }
  }
}
