import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { createKeyFile, readKeyFile } from '../vault/key-file.ts';
import { openEncryption } from '../vault/encryption.ts';
import { OwnerVault } from '../vault/owner-vault.ts';
import { pairOf } from '../vault/x25519.ts';
import { cipherFor } from '../../test/recording/cipher.ts';
import { temporaryFolder } from '../../test/recording/footage.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

async function tyto(
  args: readonly string[], input = '',
): Promise<{ readonly code: number | null; readonly output: string; readonly said: string }> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [output, said]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  await once(child, 'close');
  return { code: child.exitCode, output: Buffer.concat(output).toString(), said: Buffer.concat(said).toString() };
}

describe('tyto decrypt', () => {
  it('opens with the key of the fleet, and with no other', async () => {
    await using folder = await temporaryFolder();
    const at = (name: string): string => path.join(folder.path, name);
    await createKeyFile(at('fleet.key'));
    await createKeyFile(at('other.key'));
    const [key] = await readKeyFile(at('fleet.key'));
    await writeFile(at('p.jpg'), cipherFor(pairOf(key ?? assert.fail())).whole(new TextEncoder().encode('a picture')));
    assert.deepEqual(await tyto(['decrypt', at('p.jpg'), '--key', at('fleet.key')]), {
      code: 0, output: 'a picture', said: '',
    });
    // Keys that were changed since stand behind the new one.
    await writeFile(
      at('both.key'), `${await readFile(at('other.key'), 'utf8')}${await readFile(at('fleet.key'), 'utf8')}`,
    );
    assert.equal((await tyto(['decrypt', at('p.jpg'), '--key', at('both.key')])).output, 'a picture');
    const refused = await tyto(['decrypt', at('p.jpg'), '--key', at('other.key')]);
    assert.deepEqual([refused.code, refused.output], [78, '']);
    assert.match(refused.said, /not encrypted for the key in/);
  });

  it('opens with the keys of a device and its password', async () => {
    await using folder = await temporaryFolder();
    const ownerKeys = path.join(folder.path, 'playback.key');
    const encryption = await openEncryption({ fleetKey: '', ownerKeys, now: () => millis(0), log: silentLog });
    await new OwnerVault({
      file: ownerKeys, makes: true, log: silentLog, cost: { N: 2, r: 1, p: 1 },
    }).takePassword('gutter lantern 41');
    const file = path.join(folder.path, 'p.jpg');
    await writeFile(file, (await encryption.begin()).whole(new TextEncoder().encode('a picture')));
    assert.deepEqual(await tyto(['decrypt', file, '--key', ownerKeys], 'gutter lantern 41\n'), {
      code: 0, output: 'a picture', said: '',
    });
    const wrong = await tyto(['decrypt', file, '--key', ownerKeys], 'something else\n');
    assert.deepEqual([wrong.code, wrong.output], [78, '']);
    assert.match(wrong.said, /this password opens none of the keys/);
  });

  it('says what is wrong with what it was given', async () => {
    await using folder = await temporaryFolder();
    const [key, clear] = [path.join(folder.path, 'k'), path.join(folder.path, 'c')];
    await createKeyFile(key);
    await writeFile(clear, 'in the clear, and long enough to be looked at');
    assert.match((await tyto(['decrypt', clear, '--key', key])).said, /is not encrypted/);
    assert.match((await tyto(['decrypt', path.join(folder.path, 'none'), '--key', key])).said, /there is no such file/);
    assert.match((await tyto(['decrypt', clear, '--key', clear])).said, /holds no private key/);
    assert.equal((await tyto(['decrypt', clear])).code, 64);
  });
});
