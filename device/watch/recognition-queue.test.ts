import assert from 'node:assert/strict';
import type { ColourFrame, Observation } from '../core/frame.ts';
import { millis } from '../core/units.ts';
import { RecognitionQueue } from './recognition-queue.ts';

const colour = (at: number): ColourFrame => ({ at: millis(at), width: 2, height: 2, pixels: new Uint8Array(12) });
const seen = (at: number, moves: boolean): Observation => ({
  at: millis(at), motion: moves,
  tracks: moves ? [{ id: 1, box: [0.1, 0.1, 0.2, 0.2], since: millis(0), moving: true, path: [], zones: [] }] : [],
} as unknown as Observation);
const heldOf = (frames: readonly ColourFrame[]): readonly number[] => frames.map(({ pixels }) => pixels.byteLength);

describe('the queue for recognition', () => {
  it('gives back the memory of pictures that nobody will look at, at once', () => {
    const queue = new RecognitionQueue();
    const [early, still, moving, later] = [colour(0), colour(1000), colour(2000), colour(3000)];
    queue.frame(early);
    queue.frame(still); // before vision has spoken of the one before
    queue.observed(seen(1000, false));
    queue.frame(moving);
    queue.observed(seen(2000, true));
    queue.frame(later);
    assert.deepEqual(heldOf([early, still, moving, later]), [0, 0, 12, 12]);
    queue.observed(seen(3000, true));
    assert.deepEqual(heldOf([moving, later]), [0, 12]);
    assert.equal(queue.take(millis(0))?.frame, later);
    queue.frame(colour(4000));
    queue.observed(seen(4000, true));
    assert.equal(later.pixels.byteLength, 12, 'who asked for it has it');
  });

  it('leaves alone what is part of other memory', () => {
    const queue = new RecognitionQueue();
    const memory = new Uint8Array(24);
    queue.frame({ ...colour(0), pixels: memory.subarray(0, 12) });
    queue.frame(colour(1000));
    assert.equal(memory.byteLength, 24);
  });
});
