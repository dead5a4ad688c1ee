/**
 * Clips of a minute at 1280x720, 25 frames a second, a keyframe every two seconds: made once, from real footage where
 * there is some.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { cache, footage } from './project.ts';
import { note } from './progress.ts';
import { outputOf } from './run.ts';

export interface MadeClip {
  readonly name: string;
  readonly what: string;
  readonly file: string;
}

const SECONDS = 60;
/** A sensor's noise, drawn anew for each picture; without it an encoder has nothing to do in an empty scene. */
const noise = 'noise=alls=4:allf=t';
const CONSTANT_QUALITY = ['-crf', '23'];
const FORWARD = [...CONSTANT_QUALITY, '-bf', '0'];
/** That of a small sensor indoors: as much again of what there is to decode. */
const strongNoise = 'noise=alls=5:allf=t';
const street = path.join(footage, 'clips/street.mp4');
const empty = path.join(footage, 'empty/highway.clean.empty.mp4');

/** Always something moves. */
export const busyClip = (): Promise<MadeClip> =>
  existsSync(street)
    ? made('busy', 'a street with people, constant quality', ['-i', street], 'scale=1280:720,setsar=1')
    : made('busy', 'a drawn test picture, constant quality', drawn('testsrc2'), noise);

/** The busy street as a Pi's encoder sends it: without B-frames, so each picture is made from the one before. */
export const forwardClip = (): Promise<MadeClip> =>
  existsSync(street)
    ? made('forward', 'the street without B-frames', ['-i', street], 'scale=1280:720,setsar=1', FORWARD)
    : made('forward', 'the test picture without B-frames', drawn('testsrc2'), noise, FORWARD);

/** Nothing moves but noise. */
export const quietClip = (): Promise<MadeClip> =>
  made('quiet', 'an empty scene with sensor noise, constant quality', still(), `scale=1280:720,setsar=1,${noise}`);

/** The same two from a camera that sees badly: more to decode, and nothing more to see. */
export const noisyBusyClip = (): Promise<MadeClip> =>
  existsSync(street)
    ? made('busy-noisy', 'the street with more sensor noise', ['-i', street], `scale=1280:720,setsar=1,${strongNoise}`)
    : made('busy-noisy', 'the test picture with more noise', drawn('testsrc2'), strongNoise);
export const noisyQuietClip = (): Promise<MadeClip> =>
  made('quiet-noisy', 'the empty scene with more sensor noise', still(), `scale=1280:720,setsar=1,${strongNoise}`);

/** Nothing moves, but twice something as large as a person crosses the picture in four seconds. */
export const visitedClip = (): Promise<MadeClip> =>
  made(
    'visited',
    'the same, and twice somebody crosses it',
    still(),
    `scale=1280:720,setsar=1[scene];color=0x404858:s=70x190:r=25[who];[scene][who]overlay=shortest=1:y=380:` +
      `x='${crossing(20)}+${crossing(41)}-100',${noise}`,
  );

/** An empty scene at a constant bit rate: the encoder hides in its packets what happens. */
export const constantRateClip = (): Promise<MadeClip> =>
  made('constant-rate', 'the quiet scene at a constant 1 Mbit/s', still(), `scale=1280:720,setsar=1,${noise}`, [
    '-b:v',
    '1M',
    '-minrate',
    '1M',
    '-maxrate',
    '1M',
    '-bufsize',
    '1M',
    '-x264-params',
    'nal-hrd=cbr',
  ]);

const crossing = (from: number): string => `if(between(t,${from},${from}+4),(t-${from})*345,0)`;
const drawn = (source: string): string[] => ['-f', 'lavfi', '-i', `${source}=size=1280x720:rate=25`];
/** One picture of a real scene, for a minute. */
const still = (): string[] =>
  existsSync(empty)
    ? [
        '-f',
        'lavfi',
        '-i',
        `movie=${empty.replaceAll(/[\\':]/g, '\\$&')},trim=end_frame=1,loop=-1:1,setpts=N/25/TB,fps=25`,
      ]
    : drawn('smptehdbars');

async function made(
  name: string,
  what: string,
  input: readonly string[],
  filter: string,
  coding = CONSTANT_QUALITY,
): Promise<MadeClip> {
  const recipe = createHash('sha256').update(JSON.stringify([input, filter, coding])).digest('hex').slice(0, 8);
  const file = path.join(cache, `${name}-720p-${recipe}.mp4`); // of other footage it is another clip
  if (!existsSync(file)) {
    note(`making the clip ${name}, once`);
    mkdirSync(cache, { recursive: true });
    const unfinished = path.join(cache, `${name}.${process.pid}.part.mp4`);
    await outputOf([
      'ffmpeg',
      '-v',
      'error',
      '-nostdin',
      '-y',
      ...input,
      '-t',
      `${SECONDS}`,
      '-filter_complex',
      filter,
      '-an',
      '-r',
      '25',
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      ...coding,
      '-g',
      '50',
      '-pix_fmt',
      'yuv420p',
      unfinished,
    ]);
    renameSync(unfinished, file);
  }
  return { name, what, file };
}
