import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive } from '../../test/e2e/processes.ts';
import { eventually } from '../../test/eventually.ts';
import { ENCODINGS, flashScene, makeClip } from './simulated/clips.ts';

/** A process that watches a camera and prints a dot at every frame. */
const watcher = (source: string): readonly string[] => ['--input-type=module', '-e', `
  import { openCamera } from ${JSON.stringify(new URL('open-camera.ts', import.meta.url).href)};
  import { systemClock } from ${JSON.stringify(new URL('../runtime/clock.ts', import.meta.url).href)};
  import { silentLog } from ${JSON.stringify(new URL('../core/log.ts', import.meta.url).href)};
  const { signal } = new AbortController();
  const rpicam = [[process.execPath, ${JSON.stringify(new URL('simulated/rpicam-vid.ts', import.meta.url).pathname)}]];
  const camera = await openCamera({ source: ${JSON.stringify(source)}, stallTimeout: 10_000 }, { clock: systemClock, log: silentLog, rpicam }, signal);
  const nothing = () => {};
  await camera.run({ session: nothing, init: nothing, fragment: nothing, state: nothing, frame: () => process.stdout.write('.') }, signal);
`];

/** Ids of all processes below `parent`, with theirs. */
function descendants(parent: number): number[] {
  const parents = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      return [[Number(name), Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1])] as const];
    } catch {
      return []; // it ended meanwhile
    }
  });
  const below = (id: number): number[] =>
    parents.filter(([, above]) => above === id).flatMap(([child]) => [child, ...below(child)]);
  return below(parent);
}

describe('programs of a camera', function () {
  let folder: string;
  const clip = (): string => path.join(folder, 'clip.mp4');
  before(async function () {
    if (!existsSync('/proc/self/stat')) this.skip();
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-orphans-'));
    await makeClip(...flashScene('320x240', 1, 2), ...ENCODINGS['plain.mp4'], clip());
  });
  after(() => rm(folder ?? '', { recursive: true, force: true }));

  async function killWatcher(source: string): Promise<readonly number[]> {
    const watching = spawn(process.execPath, watcher(source), { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve, reject) => { watching.stdout.once('data', resolve); watching.once('exit', reject); });
    const ids = descendants(watching.pid ?? 0);
    watching.removeAllListeners('exit').kill('SIGKILL');
    await eventually('the end of all', () => !ids.some(isAlive));
    return ids;
  }

  it('die with the process that watches, even when that is killed: ffmpeg, and the one that decodes for vision', async () => {
    assert.equal((await killWatcher(clip())).length, 2);
  });
  it('die with the process that watches, even when that is killed: ffmpeg and what feeds it', async () => {
    assert.ok((await killWatcher('raspberry')).length >= 2);
  });
});
