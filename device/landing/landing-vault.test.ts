import { CutLine } from '../../test/fixtures/cut-line.ts';
import { RunningVault } from '../../test/fleet/vault.ts';
import { describeLanding } from '../../test/landing-suite.ts';
import { VaultLanding } from './vault-landing.ts';

describeLanding('the landing of a fleet by HTTP, as any landing', async () => {
  const fleet = await RunningVault.start();
  fleet.account('farm');
  const address = `http://127.0.0.1:${fleet.port}`;
  const line = await CutLine.to(address);
  const key = String(fleet.deviceKey('yard', 'farm')['authorization']).replace('Bearer ', '');
  const opened: VaultLanding[] = [];
  const as = (url: string, deviceKey: string): VaultLanding => {
    const landing = new VaultLanding({ url, key: deviceKey, ca: '' });
    opened.push(landing);
    return landing;
  };
  const wrongKey = `${key.slice(0, -4)}aaaa`;
  return {
    device: () => as(line.by(address), key),
    fleet: () => fleet.landing,
    line, againBytes: 8 * 1024 * 1024, forgotten: (token) =>
      token.replace(/"id":"[^"]+"/, '"id":"00000000000000000000000000000000"'), deviceReplaces: true,
    forbiddenKeys: ['garage/a.jpg', 'yardstick/a.jpg', 'yard/answers/b.taken', 'yard/requests/c.eyJ9'],
    stranger: { client: as(address, wrongKey), secret: wrongKey },
    async [Symbol.asyncDispose]() {
      for (const landing of opened) landing[Symbol.dispose]();
      await line[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
});
