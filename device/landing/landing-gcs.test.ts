import { CutLine } from '../../test/fixtures/cut-line.ts';
import { describeLanding } from '../../test/landing-suite.ts';
import { GcsServer } from '../../test/servers/gcs.ts';
import { GcsLanding } from './gcs-landing.ts';

describeLanding('a landing in Google Cloud Storage, as any landing', async () => {
  const server = await GcsServer.start();
  server.createBucket('suite');
  const line = await CutLine.to(server.endpoint);
  const device = server.accounts.create('yard', { may: ['create', 'list'], prefix: 'cameras/yard/' });
  const fleet = server.accounts.create('fleet', { may: ['create', 'list', 'get', 'delete'], prefix: '' });
  const stranger = server.accounts.create('stranger', { may: ['create', 'list'], prefix: '' });
  server.accounts.revoke(stranger);
  const opened: GcsLanding[] = [];
  const as = (endpoint: string, account: object): GcsLanding => {
    const landing = new GcsLanding({ endpoint, bucket: 'suite', prefix: 'cameras', key: JSON.stringify(account) });
    opened.push(landing);
    return landing;
  };
  return {
    device: () => as(line.by(server.endpoint), device),
    fleet: () => as(server.endpoint, fleet),
    line, againBytes: 4 * 1024 * 1024, forgotten: (token) => token.replace(/upload_id=[0-9a-f]+/, 'upload_id=0'),
    deviceReplaces: false, forbiddenKeys: ['garage/a.jpg', 'yardstick/a.jpg'],
    stranger: { client: as(server.endpoint, stranger), secret: stranger.private_key.split('\n')[1] ?? '' },
    async [Symbol.asyncDispose]() {
      for (const landing of opened) landing[Symbol.dispose]();
      await line[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
});
