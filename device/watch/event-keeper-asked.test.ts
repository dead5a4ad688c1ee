import assert from 'node:assert/strict';
import { keeper, later, SHA } from '../../test/recording/keeper.ts';
import { eventMessageSchema } from '../contract/event.ts';
import { millis } from '../core/units.ts';

describe('event keeper, asked to record', () => {
  const manual = (at: number, length: number) =>
    ({
      kind: 'manual' as const, at: millis(at), until: millis(at + length),
      words: { label: 'doorbell', source: 'page' },
    });

  it('records at once and for as long as was asked, though nothing is seen', async () => {
    const { keeper: kept, log, told } = keeper();
    const id = kept.request(manual(1000, 5000));
    for (let at = 1500; at <= 7000; at += 500) kept.pass(millis(at));
    await kept.settled();
    assert.deepEqual(log.filter((line) => !/picture|row|update/.test(line)), [
      'clip from 1000 on demand', 'new', 'recording ON', 'clip until 6000', 'recording OFF', 'end',
    ]);
    const { after } = told.at(-1) ?? assert.fail();
    assert.deepEqual(
      [after.id, after.kinds, after.sub_label, after.source, (after.end_time ?? 0) - after.start_time],
      [id, ['manual'], 'doorbell', 'page', 5],
    );
    for (const message of told) assert.deepEqual(eventMessageSchema.parse(message), message);
  });

  it('stops early, and says what it has stopped', async () => {
    const { keeper: kept, told } = keeper();
    const id = kept.request(manual(1000, 5000));
    assert.equal(kept.letGo('manual', millis(2500)), id);
    assert.deepEqual([kept.isOpen, kept.letGo('manual', millis(2600))], [false, undefined]);
    await kept.settled();
    const { after } = told.at(-1) ?? assert.fail();
    assert.equal((after.end_time ?? 0) - after.start_time, 1.5);
  });

  it('makes the clip of an event under way one that is recorded whatever the mode', async () => {
    const { keeper: kept, log, told, see } = keeper();
    see('555');
    kept.request(manual(600, 1000));
    kept.close(millis(900));
    await kept.settled();
    assert.deepEqual(log.filter((line) => line.startsWith('clip from')), ['clip from 0', 'clip from 600 on demand']);
    assert.deepEqual(told.filter(({ type }) => type === 'new').length, 1);
    assert.deepEqual(told.at(-1)?.after.kinds, ['manual', 'motion']);
  });

  it('takes the picture once more that was not kept as long as nothing was to be recorded', async () => {
    let isKept = false;
    const { keeper: kept, ended, see } = keeper({
      startClip: (_id, _at, { onDemand }) => { isKept = onDemand; },
      takePicture: () => Promise.resolve({
        file: isKept ? { name: 'p.jpg', bytes: 3, sha256: SHA } : null, jpeg: new Uint8Array(3),
      }),
    });
    see('555');
    await later();
    kept.request(manual(600, 1000));
    kept.close(millis(900));
    await kept.settled();
    assert.deepEqual([ended[0]?.kinds, ended[0]?.has_snapshot], [['manual', 'motion'], true]);
  });

  it('goes on when the camera is disarmed', async () => {
    const { keeper: kept, log, see } = keeper();
    see('555');
    kept.request(manual(600, 5000));
    kept.disarm(millis(1000));
    assert.deepEqual([kept.isOpen, log.at(-1)], [true, 'motion OFF']);
    for (let at = 1500; at <= 6000; at += 500) kept.pass(millis(at));
    await kept.settled();
    assert.ok(log.includes('clip until 6000') && log.at(-1) === 'end');
  });
});
