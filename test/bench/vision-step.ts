/** What one look costs, without decoding: run as a process of its own, prints one JSON line. */
import { millis } from '../../device/core/units.ts';
import { DrawnScene } from '../vision/drawn-scene.ts';
import { MotionDetector } from '../../device/vision/motion-detector.ts';

const size = { width: 160, height: 88 };
const began = performance.now();
const detector = await MotionDetector.create(size);
const startMs = performance.now() - began;

// A walker crosses and comes again; drawn before the clock runs.
const scene = new DrawnScene(size);
const frames = Array.from({ length: 50 }, (_, index) =>
  scene.frame(0, index < 25 ? {} : { things: [[[0.04 * (index - 25), 0.4, 0.1, 0.3], 190]] }),
);
const look = (count: number, from: number): void => {
  for (let index = 0; index < count; index += 1) {
    const frame = frames[index % frames.length];
    if (frame !== undefined) detector.observe({ ...frame, at: millis(200 * (from + index)) });
  }
};
look(500, 0);
const before = process.cpuUsage();
look(2000, 500);
const { user, system } = process.cpuUsage(before);
const cpuMsPerFrame = (user + system) / 1000 / 2000;
console.log(JSON.stringify({ startMs, cpuMsPerFrame, residentMegabytes: process.memoryUsage.rss() / 1e6 }));
