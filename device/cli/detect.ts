import { analyseFile, type FileAnalysis } from '../camera/analyse-file.ts';
import { graySize } from '../camera/stream/gray.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { UsageError } from '../core/errors.ts';
import { MotionDetector } from '../vision/motion-detector.ts';
import { readArguments } from './arguments.ts';
import { EventList } from './detect/event-list.ts';
import { printForPeople, printJson } from './detect/print-looks.ts';
import type { SeenPictures } from './detect/seen-pictures.ts';

const HELP = `Usage: tyto detect FILE [--json] [--masks DIR] [--settings FILE]

Runs exactly the device's vision over a clip, as fast as it can, with the settings of
config.json in the data folder; those of the environment (TYTO_MOTION_SENSITIVITY and
its like) win.

  --json            print JSON lines; so it does also when its output is no terminal
  --masks DIR       write a picture of each look to DIR, named by the seconds from the
                    clip's start: orange changed just now, blue differs from the
                    background, green lies in a thing that is believed, dark does not count;
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
One line at the end:
  {"events":[{"start":12.2,"end":19.6,"kinds":["motion"]}]}
`;

/** `tyto detect` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values: options, positionals: [file, ...more] } = readArguments('detect', args, {
    json: { type: 'boolean' }, masks: { type: 'string' }, settings: { type: 'string' },
  });
  if (options.help === true) return void process.stdout.write(HELP);
  if (file === undefined || more.length > 0) throw new UsageError('tyto detect needs one file; `tyto detect --help` explains it');
  const { values: settings } = await loadSettings(process.env, options.settings);
  const clip = await analyseFile(file, signal, { decode: settings.vision.decode, masks: settings.privacy_masks });
  using detector = await openDetector(clip, settings);
  const pictures = options.masks === undefined ? undefined : await openPictures(options.masks, settings);
  const events = new EventList({
    minimumDuration: settings.motion.minimum_duration, quiet: settings.recording.post_roll, maxLength: settings.recording.max_length,
  });
  const print = options.json === true || !process.stdout.isTTY ? printJson : printForPeople;
  try {
    for await (const frame of clip.frames) {
      const seen = detector.observe(frame);
      clip.attend(frame.at, seen.attention);
      events.add(seen);
      print.look(seen);
      await pictures?.write({ frame, seen, mask: detector.mask() });
    }
  } finally {
    print.events(events.finish()); // of a clip that is damaged, what came before the damage
  }
}

const openDetector = ({ video }: FileAnalysis, { motion, zones, lines, privacy_masks: masks }: Settings): Promise<MotionDetector> =>
  MotionDetector.create({
    ...graySize(video.size), zones, lines, masks, sensitivity: motion.sensitivity, minimumSize: motion.minimum_size,
    maximumSize: motion.maximum_size, contrast: motion.contrast, absorb: motion.absorb,
  });

/** Drawing is loaded only where pictures are wanted. */
const openPictures = async (folder: string, places: Settings): Promise<SeenPictures> =>
  (await import('./detect/seen-pictures.ts')).SeenPictures.open(folder, places);
