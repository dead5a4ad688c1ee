import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileKind } from '../camera/adapters/file-kind.ts';
import { analyseFile, type FileAnalysis } from '../camera/analyse-file.ts';
import { graySize } from '../camera/stream/gray.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { UsageError } from '../core/errors.ts';
import { print } from '../runtime/print.ts';
import { SceneEye } from '../vision/scene-eye.ts';
import type { EventLimits } from '../watch/event-machine.ts';
import { readArguments } from './arguments.ts';
import type { ColourLooks } from './detect/colour-looks.ts';
import { EventList } from './detect/event-list.ts';
import { LineOutput } from './detect/line-output.ts';
import { placesInForce } from './detect/places-in-force.ts';
import { printForPeople, printJson } from './detect/print-looks.ts';
import type { SeenPictures } from './detect/seen-pictures.ts';

const HELP = `Usage: tyto detect FILE [--json] [--faces] [--masks DIR] [--settings FILE]

Runs exactly the device's vision over a clip, as fast as it can, with the settings of
config.json in the data folder; those of the environment (TYTO_MOTION_SENSITIVITY and
its like) win. Zones, lines and masks that are in force are named on standard error.

  --json            print JSON lines; so it does also when its output is no terminal
  --faces           look for faces in what moves, and for people, vehicles and animals if
                    objects.mode is not off
  --masks DIR       write a picture of each look to DIR, named by the seconds from the
                    clip's start: orange changed just now, blue differs from the
                    background, green lies in a thing that is believed, dark does not count (what
                    changes outside of zones keeps its colour: a thing counts by its foot);
                    boxes and ways of things with their numbers, zones and lines with
                    their names, a red frame while the picture itself is wrong
  --settings FILE   use FILE in place of config.json

One line for each frame that was looked at, five a second where something may happen:
  {"t":12.4,"motion":true,"score":0.8,"boxes":[[x,y,w,h],...]}
t in seconds from the clip's start; boxes as fractions of the picture, origin top left.
Where there is something to tell, also
  "tracks":[{"id":1,"box":[...],"since":12.2,"moving":true,"zones":[{"zone","seconds","inside"}]}]
  "crossings":[{"line":"door","direction":"in","track":1}]
  "tamper":["covered"]
  "faces":[{"box":[...],"score":0.9,"person":"Anna","similarity":0.8}]
  "objects":[{"label":"person","box":[...],"score":0.7}]
One line at the end:
  {"events":[{"start":12.2,"end":19.6,"kinds":["face","motion"]}]}
Of a clip that is cut off or damaged comes all that can be decoded, and behind it what is wrong,
on standard error, with exit code 69.
`;

/** `tyto detect` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const {
    values: options,
    positionals: [file, ...more],
  } = readArguments('detect', args, {
    json: { type: 'boolean' },
    masks: { type: 'string' },
    settings: { type: 'string' },
    faces: { type: 'boolean' },
  });
  if (options.help === true) return void print(HELP);
  if (file === undefined || more.length > 0)
    throw new UsageError('tyto detect needs one file; `tyto detect --help` explains it');
  refuseCamera(file);
  const loaded = await loadSettings(undefined, options.settings);
  const { values: settings, data } = loaded;
  const pictures = options.masks === undefined ? undefined : await openPictures(options.masks, settings);
  using colours = options.faces === true ? await openColours(settings, data) : undefined;
  const clip = await analyseFile(file, signal, {
    decode: settings.vision.decode,
    framesPerSecond: settings.vision.frame_rate,
    masks: settings.privacy_masks,
    ...(colours !== undefined && { colour: true, onColour: (frame) => colours.put(frame) }),
  });
  for (const doubt of loaded.doubts) process.stderr.write(`tyto detect: ${doubt}\n`);
  const inForce = placesInForce(loaded, options.settings ?? path.join(data, 'config.json'));
  if (inForce !== undefined) process.stderr.write(`${inForce}\n`);
  const eye = await openEye(clip, settings);
  const events = new EventList(limitsOf(settings, colours !== undefined));
  using lines = new LineOutput(print);
  let looks = 0;
  const printer = (options.json === true || !process.stdout.isTTY ? printJson : printForPeople)(lines.put);
  try {
    for await (const frame of clip.frames) {
      looks++;
      const seen = eye.observe(frame);
      clip.attend(frame.at, seen.attention);
      events.add(seen);
      const recognitions = (await colours?.until(seen)) ?? [];
      recognitions.forEach((recognition) => events.recognise(recognition));
      printer.look(seen, recognitions);
      await pictures?.write({ frame, seen, mask: eye.mask() }, recognitions);
    }
  } finally {
    printer.events(events.finish()); // of a clip that is damaged, what came before the damage
    lines.flush(); // fails in the place of what was wrong with the clip, not beside it
  }
  if (looks === 1 && colours === undefined && await fileKind(file) === 'a picture') {
    process.stderr.write(`tyto detect: ${file} is one picture, in which nothing can move; `
      + '`tyto faces` looks for faces in it\n');
  }
}

/** @throws {UsageError} For a camera where a file is meant. */
function refuseCamera(file: string): void {
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(file);
  if (existsSync(file) || !(isAddress || file === 'demo' || file.startsWith('/dev/video'))) return;
  throw new UsageError(`tyto detect reads files, and ${isAddress ? 'an address is none' : `${file} is a camera`}: `
    + 'a camera is watched by `tyto run` with TYTO_CAMERA_SOURCE, or recorded first, '
    + 'as with `ffmpeg -i ADDRESS -c copy -t 60 clip.mp4`');
}

const openEye = (
  { video }: FileAnalysis,
  { motion, tamper, zones, lines, privacy_masks: masks }: Settings,
): Promise<SceneEye> =>
  SceneEye.create({
    ...graySize(video.size),
    zones,
    lines,
    masks,
    tamper,
    sensitivity: motion.sensitivity,
    minimumSize: motion.minimum_size,
    maximumSize: motion.maximum_size,
    contrast: motion.contrast,
    absorb: motion.absorb,
  });

/** What only somebody who asks for it pays for is loaded only then. */
const openPictures = async (folder: string, places: Settings): Promise<SeenPictures> =>
  (await import('./detect/seen-pictures.ts')).SeenPictures.open(folder, places);
const openColours = async (settings: Settings, data: string): Promise<ColourLooks> =>
  (await import('./detect/colour-looks.ts')).ColourLooks.open(settings, path.join(data, 'people'));

/** Where nothing is looked for, nothing can be asked for to be recognised. */
const limitsOf = ({ motion, recording, objects }: Settings, recognises: boolean): EventLimits => ({
  minimumDuration: motion.minimum_duration,
  quiet: recording.post_roll,
  maxLength: recording.max_length,
  onlyRecognised: recognises && objects.mode === 'require',
});
