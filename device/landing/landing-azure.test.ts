import assert from 'node:assert/strict';
import {
  BlobServiceClient, ContainerSASPermissions, generateBlobSASQueryParameters, StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { CutLine } from '../../test/fixtures/cut-line.ts';
import { describeLanding } from '../../test/landing-suite.ts';
import { startAzurite } from '../../test/servers/azurite.ts';
import { AZURE_BLOCKS } from './azure-blocks.ts';
import { AzureLanding } from './azure-landing.ts';

describeLanding('a landing in Azure\'s blob storage, as any landing', async () => {
  const azurite = await startAzurite();
  const { account, accountKey, endpoint } = azurite;
  const credential = new StorageSharedKeyCredential(account, accountKey);
  const container = 'suite';
  await new BlobServiceClient(endpoint, credential).createContainer(container);
  const sas = (permissions: string): string => generateBlobSASQueryParameters({
    containerName: container, permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: new Date(Date.now() + 3_600_000),
  }, credential).toString();
  const line = await CutLine.to(endpoint);
  const pageEntries = 10;
  const as = (address: string, token: string): AzureLanding =>
    new AzureLanding({ endpoint: address, container, prefix: 'cameras', sas: token, pageEntries });
  const wrong = sas('cwl').replace(/sig=.*$/, 'sig=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D');
  return {
    device: () => as(line.by(endpoint), sas('cwl')),
    fleet: () => as(endpoint, sas('rcwdl')),
    line, againBytes: AZURE_BLOCKS.bytes, forgotten: (token) => token.replace(/"blocks":\d+/, '"blocks":2'),
    deviceReplaces: true, forbiddenKeys: [], pageEntries,
    stranger: { client: as(endpoint, wrong), secret: 'sig=' },
    async [Symbol.asyncDispose]() {
      await line[Symbol.asyncDispose]();
      await azurite[Symbol.asyncDispose]();
    },
  };
});

describe('a landing in Azure\'s blob storage', () => {
  it('says at once what is missing, and never the token', () => {
    assert.throws(() => new AzureLanding({ endpoint: 'devstore', container: '', prefix: '', sas: '' }), {
      name: 'ConfigError', code: 'azure.settings', message: /address.*container.*token/,
    });
  });
});
