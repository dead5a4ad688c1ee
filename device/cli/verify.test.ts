import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sealer } from '../evidence/sealer.ts';
import { newKeyPair } from '../vault/x25519.ts';
import { basicEnvironment } from '../../test/basic-environment.ts';
import { encryptedClip } from '../../test/fleet/footage.ts';
import { cipherFor } from '../../test/recording/cipher.ts';
import { makeFootage, makePlainVideo, temporaryFolder } from '../../test/recording/footage.ts';
import { testKey } from '../../test/recording/key.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

describe('tyto verify', function () {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const at = (name: string): string => path.join(folder.path, name);
  const verify = (...args: readonly string[]): Promise<{ readonly code: unknown; readonly said: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [CLI, 'verify', ...args], { env: { ...basicEnvironment(), TYTO_DATA: folder.path } },
        (error, stdout, stderr) => resolve({ code: error?.code ?? 0, said: stdout + stderr }));
    });

  before(async () => {
    folder = await temporaryFolder();
    const { init, fragments } = await makeFootage(2);
    const clip = Buffer.concat([init.data, ...fragments.map(({ data }) => data)]);
    await mkdir(at('sound/day'), { recursive: true });
    for (const name of ['sound/day/a.mp4', 'sound/b.mp4']) await writeFile(at(name), clip);
    for (const [name, content] of [['sound/c.jpg', 'x'], ['sound/.d.mp4', 'x'], ['sound/e.preview.mp4', 'x']] as const)
      await writeFile(at(name), content);
    await symlink('/etc', at('sound/elsewhere'));
    await mkdir(at('sealed/day'), { recursive: true });
    const sealer = new Sealer(testKey, {
      device: 'barn', camera: 'camera', name: '20261121T101530.123Z_barn_camera_1795256130.123000-abc123.mp4',
    });
    const cut = Buffer.concat([init.data, sealer.head(init.data),
      ...fragments.flatMap(({ data }) => [sealer.fragment(data), data])]);
    const sealed = Buffer.concat([cut, sealer.end()]);
    await writeFile(at('sealed/b.mp4'), sealed);
    await writeFile(at('sealed/day/a.mp4'), cut);
    await mkdir(at('mixed'));
    await writeFile(at('mixed/plain.mp4'), await makePlainVideo(1, { faststart: true }));
    await writeFile(at('mixed/whole.mp4'), sealed);
    await mkdir(at('torn'));
    await writeFile(at('torn/plain.mp4'), await makePlainVideo(1, { faststart: false }));
    await writeFile(at('torn/torn.mp4'), clip.subarray(0, -1000));
    await mkdir(at('locked'));
    const fleet = newKeyPair();
    await writeFile(at('fleet.key'), fleet.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(at('locked/clip.mp4'), encryptedClip(clip, cipherFor(fleet)));
    await mkdir(at('empty/inner'), { recursive: true });
  });
  after(() => rm(folder.path, { recursive: true, force: true }));

  it('looks at every clip in a folder and those below, and sums up', async () => {
    const { code, said } = await verify(at('sealed'));
    assert.equal(code, 0);
    assert.equal(said, `${at('sealed/b.mp4')}: intact\n${at('sealed/day/a.mp4')}: intact as far as it goes, its end is`
      + ' missing\n2 files: 2 intact (1 without its end)\n');
  });

  it('does not call intact what nothing proves: whoever takes the seals out may have changed what they sealed', async () => {
    const { code, said } = await verify(at('sound'));
    assert.equal(code, 2);
    const whole = 'whole, but not sealed: nothing proves it';
    assert.equal(
      said, `${at('sound/b.mp4')}: ${whole}\n${at('sound/day/a.mp4')}: ${whole}\n2 files: 0 intact, 2 not sealed\n`,
    );
    const json = (await verify(at('sound'), '--json')).said.trim().split('\n')
      .map((line) => JSON.parse(line) as { intact: boolean });
    assert.deepEqual(json.map(({ intact }) => intact), [true, true]);
  });

  it('says in words what does not decode', async () => {
    const clip = await readFile(at('sound/b.mp4'));
    const pictures = clip.indexOf('mdat') + 1000;
    clip.fill(0xff, pictures, pictures + 200);
    await writeFile(at('damaged.mp4'), clip);
    const { code, said } = await verify(at('damaged.mp4'));
    assert.equal(code, 1);
    assert.match(said, /\n {2}does not decode: [^[\n]+\n/);
  });

  it('says by which name a clip was recorded that bears another now', async () => {
    const { code, said } = await verify(at('sealed/b.mp4'));
    assert.equal(code, 0);
    assert.match(said, /\n {2}sealed by barn with the key \S+\n {2}recorded as 20261121T101530\.123Z_barn_\S+\.mp4\n/);
  });

  it('proves an encrypted clip without its key, and decodes it with it', async () => {
    const locked = await verify(at('locked/clip.mp4'));
    assert.equal(locked.code, 0);
    assert.match(
      locked.said,
      /clip\.mp4: intact\n.*\n {2}encrypted: whether its pictures decode cannot be told without the key \(--open-with\)\n {2}sealed: /,
    );
    const opened = await verify(at('locked/clip.mp4'), '--open-with', at('fleet.key'));
    assert.match(opened.said, /clip\.mp4: intact\n.*\n {2}encrypted, and opened with the key that was given\n/);
    assert.equal((await verify(at('locked/clip.mp4'), '--open-with', at('sound/b.mp4'))).code, 78);
  });

  it('tells an ordinary video, which plays, from a damaged clip, also by its exit code', async () => {
    const mixed = await verify(at('mixed'));
    assert.equal(mixed.code, 2);
    assert.match(
      mixed.said,
      /plain\.mp4: no clip of Tyto\n {2}h264, 160x120, 1\.0 s, \d+ bytes\n {2}it plays, but is no clip of Tyto/,
    );
    assert.match(mixed.said, /\n2 files: 1 intact, 1 no clip of Tyto\n$/);
    const torn = await verify(at('torn'));
    assert.equal(torn.code, 1);
    assert.match(torn.said, /torn\.mp4: NOT intact\n.*\n {2}at 1\.5 s: the end is cut short/);
    assert.match(torn.said, /\n2 files: 0 intact, 1 NOT intact, 1 no clip of Tyto\n$/);
  });

  it('goes on where a file may not be read, and says so', async function () {
    if (process.geteuid?.() === 0) return this.skip(); // a mode keeps root from nothing
    await chmod(at('sealed/b.mp4'), 0o000);
    const { code, said } = await verify(at('sealed'));
    await chmod(at('sealed/b.mp4'), 0o600);
    assert.equal(code, 1);
    assert.match(said, /b\.mp4: access is denied/);
    assert.match(said, /2 files: 1 intact \(1 without its end\), 1 NOT intact/);
  });

  it('looks at clips whatever became of the signing key beside them', async () => {
    await writeFile(at('device.key'), 'garbage');
    assert.match((await verify(at('sealed'))).said, /2 intact/);
  });

  it('says so when there is nothing to look at', async () => {
    assert.deepEqual(await verify(at('empty')), {
      code: 78, said: `tyto: ${at('empty')}: there is no clip (.mp4) in this folder\n`,
    });
    assert.match((await verify(at('nowhere'))).said, /nowhere: there is no such file or folder; give the path of a clip \(\.mp4\), or of a folder/);
  });
});
