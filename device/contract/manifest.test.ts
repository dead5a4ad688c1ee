import assert from 'node:assert/strict';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { millis } from '../core/units.ts';
import { EVENT_ID_PATTERN, EVENT_KINDS, eventSchema, isContinuous, STORED_KINDS } from './event.ts';
import { manifestSchema } from './manifest.ts';
import { pieceEventId } from './names.ts';

const event = endedEvent(1);

describe('manifest', () => {
  it('is read with and without the files that the device held back', () => {
    const plain = { version: 1, event, producer: 'tyto' };
    assert.deepEqual(manifestSchema.parse(plain), plain);
    const { clip, ...rest } = event;
    const partial = {
      ...plain, event: { ...rest, clip: null, has_clip: false }, held: [{ role: 'clip', bytes: clip?.bytes }],
    };
    assert.deepEqual(manifestSchema.parse(partial), partial);
    assert.equal(manifestSchema.safeParse({ ...plain, held: [{ role: 'clip', bytes: 0 }] }).success, false);
  });

  it('brings pieces of continuous recording as events of a kind that nobody meets who does not ask for it', () => {
    assert.equal(isContinuous(eventSchema.parse({ ...event, kinds: ['continuous'], label: 'continuous' })), true);
    assert.deepEqual(
      [EVENT_KINDS.includes('continuous' as never), STORED_KINDS.includes('continuous'), isContinuous(event)],
      [false, true, false],
    );
  });

  it('gives each piece one id that sorts by its time', () => {
    const id = pieceEventId(millis(1_795_256_130_123), '20261121T101530.123Z_yard_camera_continuous.mp4');
    assert.match(id, EVENT_ID_PATTERN);
    assert.equal(id, pieceEventId(millis(1_795_256_130_123), '20261121T101530.123Z_yard_camera_continuous.mp4'));
    assert.notEqual(id, pieceEventId(millis(1_795_256_130_123), '20261121T101530.123Z_yard_other_continuous.mp4'));
    assert.ok(id.startsWith('1795256130.123000-'));
  });
});
