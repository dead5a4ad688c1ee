/** The thread that paints. Says when a frame is painted, and hears when it has been taken. */
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { BugError } from '../../core/errors.ts';
import { seconds } from '../../core/units.ts';
import { systemClock } from '../../runtime/clock.ts';
import { settleLater } from '../../runtime/lean.ts';
import { writeFrames } from './frames.ts';
import type { Packing } from './frame/light-layer.ts';
import { DemoPainter } from './paint.ts';
import type { PainterData } from './painter-thread.ts';

const port = parentPort;
if (port === null) throw new BugError('demo.painter', 'this module runs as a thread only');
const { size, framesPerSecond, speed, memory } = workerData as PainterData;

/** All that stands still is painted in every light by then, and what that took is needed no more. */
const LIGHTS_READY = seconds(20);

/** A light that does not shine takes a third: 3 MB less of the four, for 0.02 s of a processor as one begins to. */
const deflated: Packing = {
  pack: (bytes) => new Uint8Array(deflateRawSync(bytes, { level: constants.Z_BEST_SPEED })),
  // One piece, with room for the end to be seen.
  unpack: (packed, length) => inflateRawSync(packed, { chunkSize: length + 64 }),
};

const reader = new Writable({
  highWaterMark: 1,
  write(_frame, _encoding, done) {
    port.postMessage('painted');
    void once(port, 'message').then(() => done());
  },
});
settleLater(LIGHTS_READY);
await writeFrames(reader, {
  painter: new DemoPainter(size, deflated), frame: new Uint8Array(memory), framesPerSecond, speed,
  duration: undefined, pace: 'realtime',
}, systemClock, new AbortController().signal);
