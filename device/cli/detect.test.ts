import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { basicEnvironment } from '../../test/basic-environment.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

interface Line {
  readonly t: number;
  readonly motion: boolean;
  readonly tracks?: readonly unknown[];
  readonly crossings?: readonly unknown[];
  readonly faces?: readonly { readonly box: readonly number[]; readonly score: number }[];
}
interface Answer {
  readonly code: number;
  readonly complaint: string;
  readonly looks: readonly Line[];
  readonly last: object | undefined;
}

describe('tyto detect', function () {
  let folder: string;
  let clip: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-detect-'));
    clip = path.join(folder, 'clip.mp4');
    // Nothing for 3 s, then a bright block crosses from left to right in 3 s.
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'color=gray:s=320x176:r=10:d=6,noise=alls=4:allf=t',
      '-f',
      'lavfi',
      '-i',
      'color=white:s=40x50:r=10:d=6',
      '-filter_complex',
      "overlay=x='if(lt(t,3),-40,(t-3)*110)':y=60",
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      '10',
      clip,
    ]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const detect = (...args: readonly string[]): Promise<Answer> => detectIn(clip, ...args);
  const detectIn = (file: string, ...args: readonly string[]): Promise<Answer> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [CLI, 'detect', file, ...args],
        { env: { ...basicEnvironment(), TYTO_DATA: folder } },
        (error, stdout, complaint) => {
          const lines = stdout
            .split('\n')
            .filter((line) => line.startsWith('{'))
            .map((line) => JSON.parse(line) as Line | object);
          const looks = lines.filter((line): line is Line => 't' in line);
          resolve({
            code: typeof error?.code === 'number' ? error.code : 0,
            complaint,
            looks,
            last: lines.find((line) => 'events' in line),
          });
        },
      );
    });
  const settingsFile = async (name: string, settings: unknown): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, JSON.stringify(settings));
    return file;
  };

  it('prints a line for each look, what is followed in it, and the events at the end', async () => {
    const { code, looks, last } = await detect();
    assert.equal(code, 0);
    const quiet = looks.filter(({ t }) => t < 3);
    assert.deepEqual([...new Set(quiet.flatMap((line) => Object.keys(line)))], ['t', 'motion', 'score', 'boxes']);
    assert.ok(looks.some(({ motion, tracks = [] }) => motion && tracks.length === 1));
    const [event, ...more] = (last as { events: { start: number; kinds: string[] }[] }).events;
    assert.deepEqual([event?.kinds, more], [['motion'], []]);
    assert.ok(Math.abs((event?.start ?? 0) - 3) <= 0.6, `the event starts at ${event?.start} s`);
  });

  it('loads what reads lists only where one is set, for it is much', () => {
    const told = `data:text/javascript,${encodeURIComponent(
      "import { registerHooks } from 'node:module';" +
        "registerHooks({ load: (url, context, next) => { if (url.includes('/zod/')) console.error(url); return next(url, context); } });",
    )}`;
    const loads = (env: NodeJS.ProcessEnv): string =>
      spawnSync(process.execPath, ['--import', told, CLI, 'detect', clip], {
        env: { ...basicEnvironment(), TYTO_DATA: folder, ...env },
        encoding: 'utf8',
      }).stderr;
    assert.equal(loads({}), '');
    assert.match(loads({ TYTO_ARMING_HOLIDAYS: '["12-25"]' }), /zod/);
  });

  it('with --masks writes a picture of each look for any program, by names that sort by time', async () => {
    const pictures = path.join(folder, 'seen', 'pictures');
    const { looks } = await detect('--masks', pictures);
    const names = (await readdir(pictures)).sort();
    assert.deepEqual(
      names.map((name) => Number(name.replace('.png', ''))),
      looks.map(({ t }) => t),
    );
    const moving = looks.findIndex(({ motion }) => motion);
    const probe = execFileSync(
      'ffprobe',
      [
        '-v',
        'error',
        '-of',
        'csv=p=0',
        '-show_entries',
        'frame=width,height,pix_fmt',
        path.join(pictures, names[moving] ?? ''),
      ],
      { encoding: 'utf8' },
    );
    assert.equal(probe.trim(), '640,352,pal8');
  });

  it('refuses a folder for pictures that cannot be made, before it looks', async () => {
    const { code, complaint, looks } = await detect('--masks', path.join(clip, 'pictures'));
    assert.equal(code, 78);
    assert.match(
      complaint,
      /^tyto: the folder .*clip\.mp4\/pictures for the pictures cannot be made or written into: .*\n$/,
    );
    assert.deepEqual(looks, []);
    const file = await detect('--masks', clip);
    assert.deepEqual([file.code, file.looks], [78, []]);
    assert.match(file.complaint, /^tyto: --masks: .*clip\.mp4 is a file; a folder is needed.*\n$/);
  });

  it('with --settings takes another file in place of config.json', async () => {
    await settingsFile('config.json', { motion: { minimum_size: 1 } });
    const other = await settingsFile('other.json', { lines: [{ name: 'gate', from: [0.5, 0], to: [0.5, 1] }] });
    const small = await detect();
    assert.deepEqual([small.looks.some(({ motion }) => motion), small.complaint], [false, '']);
    const { looks, complaint } = await detect('--settings', other);
    assert.equal(complaint, `tyto detect: lines gate of ${other} are in force; --settings FILE tries others\n`);
    assert.deepEqual(
      looks.flatMap(({ crossings = [] }) => crossings),
      [{ line: 'gate', direction: 'out', track: 1 }],
    );
    const nothing = await detectIn('/no/such/clip.mp4', '--settings', other);
    assert.match(nothing.complaint, /^tyto: there is no file \/no\/such\/clip\.mp4.*\n$/);
    await rm(path.join(folder, 'config.json'));
  });

  it('with --faces finds the face of whoever comes by, and says so in the event', async function () {
    const photograph = path.resolve('../shared/data/faces/human-person-celeste.jpg');
    if (!existsSync(photograph)) {
      console.log('      skipped: no photographs beside the project (../shared/data)');
      return this.skip();
    }
    const visit = path.join(folder, 'visit.mp4');
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'color=gray:s=640x360:r=10:d=6,noise=alls=4:allf=t',
      '-loop',
      '1',
      '-t',
      '6',
      '-i',
      photograph,
      '-filter_complex',
      "[1]scale=-2:300[p];[0][p]overlay=x='if(lt(t,3),-400,min(200,(t-3)*200-300))':y=60:shortest=1",
      '-r',
      '10',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      '10',
      '-pix_fmt',
      'yuv420p',
      visit,
    ]);
    const { looks, last } = await detectIn(visit, '--faces');
    const [face] = looks.flatMap(({ faces = [] }) => faces);
    assert.ok(face !== undefined && face.box.length === 4 && face.score >= 0.65);
    assert.deepEqual(
      (last as { events: { kinds: string[] }[] }).events.map(({ kinds }) => kinds),
      [['face', 'motion']],
    );
  });

  it('refuses a pipe with a clear sentence, by whatever name, and does not wait for its writer', () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const shell = (line: string) => spawnSync('sh', ['-c', line, clip, process.execPath, CLI, pipe], {
      encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL', env: { ...basicEnvironment(), TYTO_DATA: folder },
    });
    const named = shell('exec "$1" "$2" detect "$3"');
    assert.equal(named.status, 78);
    assert.match(named.stderr, /^tyto: expected a video file, but \S+pipe is a pipe or a device.*: save the video in a/);
    assert.match(shell('cat "$0" | "$1" "$2" detect /dev/stdin').stderr, /but \/dev\/stdin is a pipe/);
    const direct = shell('exec "$1" "$2" detect /dev/stdin < "$0"');
    assert.deepEqual([direct.status, direct.stderr], [0, '']);
  });

  it('points to what does it where it can do nothing: a camera, or a single picture', async () => {
    for (const camera of ['rtsp://admin:s3cret@10.0.0.9/x', 'http://10.0.0.9/video', 'demo']) {
      const { code, complaint } = await detectIn(camera);
      assert.equal(code, 64, camera);
      assert.match(complaint, /^tyto: tyto detect reads files, .*`tyto run` with TYTO_CAMERA_SOURCE/);
      assert.doesNotMatch(complaint, /s3cret/);
    }
    const picture = path.join(folder, 'picture.jpg');
    execFileSync('ffmpeg', ['-v', 'error', '-i', clip, '-frames:v', '1', picture]);
    const { code, complaint } = await detectIn(picture);
    assert.equal(code, 0);
    assert.match(complaint, /^tyto detect: .*picture\.jpg is one picture, in which nothing can move; `tyto faces` looks/);
  });

  it('tells of a clip that is cut off after everything that comes before, and the events of it', async () => {
    const cut = path.join(folder, 'cut.mp4');
    execFileSync('ffmpeg', ['-v', 'error', '-i', clip, '-c', 'copy', '-movflags', '+faststart', cut]);
    await truncate(cut, Math.round((await stat(cut)).size * 0.9));
    const { code, complaint, looks, last } = await detectIn(cut);
    assert.equal(code, 69);
    assert.match(complaint, /^tyto: \S+cut\.mp4 is cut off: .*: copy the file anew from where it came\n$/);
    assert.ok(looks.some(({ motion }) => motion));
    assert.equal((last as { events: unknown[] }).events.length, 1);
  });

  it('names the settings file that is missing or wrong', async () => {
    const { code, complaint } = await detect('--settings', path.join(folder, 'none.json'));
    assert.deepEqual([code, complaint], [78, `tyto: there is no settings file ${path.join(folder, 'none.json')}\n`]);
    const wrong = await settingsFile('wrong.json', { motion: { sensitivty: 0.6 } });
    assert.match(
      (await detect('--settings', wrong)).complaint,
      /wrong\.json: motion\.sensitivty: no such setting; did you mean motion\.sensitivity\?/,
    );
  });
});
