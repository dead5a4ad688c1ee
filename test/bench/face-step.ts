/**
 * What one look for a face costs where something moves, and what memory it takes: run as a process of its own with a
 * photograph, prints one JSON line.
 */
import { asVideo } from '../vision/video-colours.ts';
import { DrawnScene } from '../vision/drawn-scene.ts';
import { silentLog } from '../../device/core/log.ts';
import { millis } from '../../device/core/units.ts';
import { startBackend } from '../../device/vision/backend.ts';
import { readPicture } from '../../device/vision/faces/read-picture.ts';
import { MotionDetector } from '../../device/vision/motion-detector.ts';
import { Recogniser } from '../../device/vision/recogniser.ts';

const [photograph = ''] = process.argv.slice(2);
const megabytes = (): number => process.memoryUsage.rss() / 1e6;

// What a device without faces holds: the motion detector at work.
const size = { width: 160, height: 88 };
const motion = await MotionDetector.create(size);
const scene = new DrawnScene(size);
for (let index = 0; index < 50; index += 1) motion.observe({ ...scene.frame(0, {}), at: millis(200 * index) });
const without = megabytes();

await startBackend(silentLog);
const picture = await readPicture(photograph, new AbortController().signal);
const look = {
  frame: { at: millis(0), ...asVideo(picture) },
  tracks: [{ id: 1, box: [0.1, 0.05, 0.8, 0.95] as const }],
  wishes: { faces: true, objects: false, minimumScore: 0.65, match: 0.5 },
};
using recogniser = new Recogniser(undefined);
const {
  faces: [face],
} = await recogniser.look(look);
if (face === undefined) throw new Error(`no face was found in ${photograph}`);
const times: number[] = [];
for (let run = 0; run < 15; run += 1) {
  const before = process.cpuUsage();
  await recogniser.look(look);
  const { user, system } = process.cpuUsage(before);
  times.push((user + system) / 1000);
}
console.log(JSON.stringify({ cpuMsPerFace: times.sort((a, b) => a - b)[7], addedMegabytes: megabytes() - without }));
