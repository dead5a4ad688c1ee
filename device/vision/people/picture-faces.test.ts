import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../core/log.ts';
import { ffmpeg } from '../../../test/fleet/footage.ts';
import { PictureFaces } from './picture-faces.ts';

const DATA = fileURLToPath(new URL('../../../../shared/data/faces/', import.meta.url));
const blank = (): Promise<Buffer> =>
  ffmpeg('-f', 'lavfi', '-i', 'color=gray:size=160x120', '-frames:v', '1', '-pix_fmt', 'yuvj420p', '-f', 'mjpeg');
const never = new AbortController().signal;

describe('faces in whole pictures', () => {
  it('are none where there are none; a picture that is none is an error of its own, and the next is looked at', async () => {
    await using faces = new PictureFaces({ match: 0.5 }, silentLog);
    await faces.prepare();
    await assert.rejects(faces.look(Buffer.from('<script>'), never), { code: 'vision.picture' });
    assert.deepEqual(await faces.look(await blank(), never), []);
  });

  it('are not waited for by who gave up', async () => {
    await using faces = new PictureFaces({ match: 0.5 }, silentLog);
    const stop = new AbortController();
    const looking = faces.look(await blank(), stop.signal);
    stop.abort();
    await assert.rejects(looking, { name: 'AbortError' });
  });

  it('bear the names of a folder of pictures', async function () {
    const file = path.join(DATA, 'human-person-lexi.jpg');
    if (!existsSync(DATA) || !existsSync(file)) return this.skip(); // photographs are not part of the product
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-named-'));
    try {
      await using unnamed = new PictureFaces({ match: 0.5 }, silentLog);
      const all = await unnamed.look(await readFile(file), never);
      assert.ok(all.length === 1 && all.every(({ person, similarity }) => person === null && similarity === null));
      await mkdir(path.join(folder, 'Nobody'));
      await writeFile(path.join(folder, 'Nobody', 'x.jpg'), await blank());
      await copyFile(file, path.join(folder, 'Anna.jpg'));
      await using named = new PictureFaces({ match: 0.5, people: folder }, silentLog);
      const [first] = await named.look(await readFile(file), never);
      assert.deepEqual([first?.person, (first?.similarity ?? 0) > 0.9], ['Anna', true]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('cannot be named by a folder that is not there', async () => {
    await using faces = new PictureFaces({ match: 0.5, people: '/nowhere' }, silentLog);
    await assert.rejects(faces.look(await blank(), never), { code: 'vision.worker' });
  });
});
