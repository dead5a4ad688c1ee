import assert from 'node:assert/strict';
import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { call } from '../../test/http/client.ts';
import { smallDisk, type TestDisk } from '../../test/recording/disk.ts';
import { PASSWORD, startWeb } from '../../test/web/start-web.ts';

const FULL = { status: 507, code: 'disk.full' };

describe('on a full disk', () => {
  it('what the owner sets is refused in words that say what to do, and goes once there is room', async function () {
    await using disk = await smallDisk(1024 ** 2);
    if (disk === undefined) return this.skip();
    await using web = await startWeb({ root: disk.path });
    const send = (method: string, route: string, body: unknown, cookie = '') =>
      call(web.port, method, route, { body, headers: cookie === '' ? {} : { cookie } });
    const told = async (...what: Parameters<typeof send>) => {
      const { status, code } = await send(...what);
      return { status, code };
    };
    {
      await using _ = await filled(disk);
      const answer = await send('POST', '/api/owner', { password: PASSWORD });
      assert.deepEqual({ status: answer.status, code: answer.code }, FULL);
      assert.match(answer.bytes.toString(), /the disk is full.*free some space/);
      assert.equal(web.access.hasOwner, false);
    }
    const { cookie } = await send('POST', '/api/owner', { password: PASSWORD });
    await using _ = await filled(disk);
    assert.deepEqual(await told('POST', '/api/tokens', { name: 'hall' }, cookie), FULL);
    assert.deepEqual(await told('PUT', '/api/places', {
      zones: [{ name: 'drive', polygon: [[0.1, 0.5], [0.9, 0.5], [0.9, 1]] }],
    }, cookie), FULL);
    assert.deepEqual(
      await told('PUT', '/api/owner', { password: PASSWORD, newPassword: 'Zwei Meisen im Mai' }, cookie), FULL,
    );
    assert.equal((await call(web.port, 'GET', '/api/session', { headers: { cookie } })).status, 200);
    assert.equal((await send('POST', '/api/session', { password: PASSWORD })).status, 204, 'the password from before');
  });
});

/** Takes all that is free of it, until disposed of. */
async function filled(disk: TestDisk): Promise<AsyncDisposable> {
  const file = path.join(disk.path, 'filler');
  const { bavail, bsize } = await statfs(disk.path);
  await writeFile(file, Buffer.alloc(bavail * bsize));
  return { [Symbol.asyncDispose]: () => rm(file) };
}
