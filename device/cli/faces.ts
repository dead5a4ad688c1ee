import { loadSettings } from '../config/load-settings.ts';
import { describeError, TytoError, UsageError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { print } from '../runtime/print.ts';
import { startBackend } from '../vision/backend.ts';
import { FaceFinder, type Face } from '../vision/faces/face-finder.ts';
import { readPicture, type ReadPicture } from '../vision/faces/read-picture.ts';
import { readArguments } from './arguments.ts';

const HELP = `Usage: tyto faces IMAGE... [--json]

Finds the faces in photographs (JPEG, PNG, WebP, BMP, GIF, PPM, PGM), as sure as TYTO_FACES_MINIMUM_SCORE
or config.json asks (default 0.65).

  --json   print JSON lines; so it does also when its output is no terminal

One line for each picture, in the order given:
  {"file":"a.jpg","faces":[{"box":[x,y,w,h],"score":0.9}]}
Boxes as fractions of the picture as it is displayed, origin top left; the surest face first.

A file that is no picture, or is cut off, is told of on standard error, and the others are looked at all the same.
Exit code 0 when every picture was looked at, 1 when one was not, or not wholly.
`;

/** `tyto faces` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values, positionals: files } = readArguments('faces', args, { json: { type: 'boolean' } });
  if (values.help === true) return void print(HELP);
  if (files.length === 0) throw new UsageError('tyto faces needs a picture; `tyto faces --help` explains it');
  const { values: { faces: { minimum_score: minimumScore } } } = await loadSettings();
  const say = values.json === true || !process.stdout.isTTY ? jsonLine : linesForPeople;
  await startBackend(silentLog);
  using finder = await FaceFinder.open();
  for await (const { file, picture, fault } of readAll(files, signal)) {
    if (picture !== undefined) print(say(file, finder.find(picture, minimumScore)));
    const complaint = picture?.isCut === true
      ? `${file} is cut off: faces in the part that is missing are not found`
      : fault;
    if (complaint === undefined) continue;
    process.stderr.write(`tyto: ${complaint}\n`);
    process.exitCode = 1;
  }
}

interface ReadFile { readonly file: string; readonly picture?: ReadPicture; readonly fault?: string }

/** Each file in order; the next one is decoded while one is looked at, and no more: pictures are large. */
async function* readAll(files: readonly string[], signal: AbortSignal): AsyncGenerator<ReadFile, void> {
  const read = async (file: string): Promise<ReadFile> => {
    try {
      return { file, picture: await readPicture(file, signal) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TytoError) return { file, fault: describeError(error).split('\n', 1).join('') };
      throw error;
    }
  };
  let next: Promise<ReadFile> | undefined;
  for (const [index, file] of files.entries()) {
    const current = await (next ?? read(file));
    const following = files[index + 1];
    next = following === undefined ? undefined : read(following);
    next?.catch(() => {}); // awaited in the next round, unless the reader leaves before
    yield current;
  }
}

function jsonLine(file: string, faces: readonly Face[]): string {
  const found = faces.map(({ box, score }) =>
    ({ box: box.map((value) => rounded(value, 4)), score: rounded(score, 3) }));
  return `${JSON.stringify({ file, faces: found })}\n`;
}

function linesForPeople(file: string, faces: readonly Face[]): string {
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  const place = ({ box: [x, y, width, height], score }: Face): string =>
    `  ${percent(score)} sure, ${percent(x)} from the left and ${percent(y)} from the top, `
    + `${percent(width)} wide and ${percent(height)} high\n`;
  const count = faces.length === 0 ? 'no face' : `${faces.length} face${faces.length === 1 ? '' : 's'}`;
  return `${file}: ${count}\n${faces.map(place).join('')}`;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
