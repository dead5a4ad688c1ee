import assert from 'node:assert/strict';
import fc from 'fast-check';
import { eventually } from '../../../test/eventually.ts';
import { dawn, eventAt, idAt, recordingAt } from '../../../test/recording/events.ts';
import { silentLog, type Log } from '../../core/log.ts';
import { seconds } from '../../core/units.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import type { Refusal, Write } from './messages.ts';
import { WriteQueue } from './write-queue.ts';

const event = (second: number, lasted?: number): Write =>
  ({ type: 'event', event: eventAt(second, lasted === undefined ? {} : { lasted }) });
const never = new AbortController().signal;
const refused: Refusal = { code: 'archive.disk-full', message: 'the disk is full' };

function queue() {
  const clock = new VirtualClock(dawn);
  const taken: string[] = [];
  const said: string[] = [];
  const log: Log = { ...silentLog, error: (message) => {
    said.push(message);
  }, info: (message) => { said.push(message); } };
  const state = { refuses: false, batches: [] as number[], hold: undefined as Promise<void> | undefined };
  const writes = new WriteQueue({
    clock, log,
    write: async (batch) => {
      state.batches.push(batch.length);
      await state.hold;
      if (state.refuses) return refused;
      taken.push(...batch.map(nameOf));
      return undefined;
    },
  });
  return { writes, clock, taken, said, state };
}

const nameOf = (write: Write): string => (write.type === 'event'
  ? `${write.event.id} ${write.event.end_time === null ? 'open' : 'ended'}` : `${write.type} ${write.recording.name}`);

describe('what waits for the catalogue', () => {
  it('is written at once, and together while a write is under way', async () => {
    const { writes, taken, state } = queue();
    const hold = Promise.withResolvers<void>();
    state.hold = hold.promise;
    for (let second = 0; second < 5; second++) writes.put(event(second));
    hold.resolve();
    await eventually('all is written', () => writes.waiting === 0);
    assert.deepEqual([taken.length, state.batches], [5, [1, 4]]);
  });

  it('says when all that was put by then is written, whatever comes behind it', async () => {
    const { writes, state } = queue();
    const said: string[] = [];
    const ask = (what: string): void => void writes.written(never).then(() => said.push(what));
    const holds = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    ask('nothing');
    state.hold = holds[0].promise;
    writes.put(event(0));
    writes.put(event(1)); // waits for the batch of the first
    ask('two');
    state.hold = holds[1].promise;
    holds[0].resolve();
    await eventually('the second batch is under way', () => state.batches.length === 2);
    writes.put(event(2));
    assert.deepEqual(said, ['nothing']);
    holds[1].resolve();
    await eventually('the two are written', () => said.includes('two'));
    await writes.written(never);
    assert.equal(writes.waiting, 0);
  });

  it('is written too when it comes in the instant in which all before it is', async () => {
    const { writes, taken } = queue();
    writes.put(event(0));
    await writes.written(never);
    writes.put(event(1));
    await eventually('both are written', () => taken.length === 2);
  });

  it('holds up nobody who waits no longer, while it is refused', async () => {
    const { writes, state } = queue();
    state.refuses = true;
    writes.put(event(0));
    const over = new AbortController();
    const waited = writes.written(over.signal);
    over.abort();
    await waited;
    await writes.written(over.signal);
    assert.equal(writes.waiting, 1);
  });

  it('does not say so of what is refused', async () => {
    const { writes, clock, state } = queue();
    state.refuses = true;
    writes.put(event(0));
    let isWritten = false;
    void writes.written(never).then(() => { isWritten = true; });
    await clock.advance(seconds(4));
    assert.equal(isWritten, false);
    state.refuses = false;
    await clock.advance(seconds(2));
    assert.equal(isWritten, true);
  });

  it('keeps the order: a recording is opened, then closed, then its event ends', async () => {
    const { writes, taken } = queue();
    const recording = recordingAt(0);
    writes.put({ type: 'opened', recording });
    writes.put({ type: 'closed', recording });
    writes.put(event(0, 5));
    await writes.stop();
    assert.deepEqual(taken, [`opened ${recording.name}`, `closed ${recording.name}`, `${idAt(0)} ended`]);
  });

  it('is offered again until it is taken, the latest of each event, and that is said once', async () => {
    const { writes, clock, taken, said, state } = queue();
    state.refuses = true;
    writes.put(event(0));
    writes.put(event(1));
    writes.put(event(0, 5));
    for (let n = 0; n < 4; n++) await clock.advance(seconds(2));
    assert.deepEqual([taken, said.length, writes.waiting], [[], 1, 2]);
    state.refuses = false;
    await clock.advance(seconds(2));
    assert.deepEqual([taken, writes.waiting, said.length], [[`${idAt(1)} open`, `${idAt(0)} ended`], 0, 2]);
  });

  it('is offered once more at the stop, and what is refused then is told', async () => {
    const { writes, said, state } = queue();
    state.refuses = true;
    writes.put(event(0));
    await writes.stop();
    assert.match(said.at(-1) ?? '', /not in the catalogue until the next start/);
  });

  it('keeps the newest when it can keep no more', async () => {
    const { writes, clock, taken, state } = queue();
    state.refuses = true;
    for (let second = 0; second < 1500; second++) writes.put(event(second));
    await clock.advance(seconds(1));
    state.refuses = false;
    await writes.stop();
    assert.deepEqual([taken.length, taken.at(-1)], [1200, `${idAt(1499)} open`]);
  });

  it('ends with the latest of everything, whatever was refused', () => fc.assert(fc.asyncProperty(
    fc.array(fc.record({ second: fc.nat(5), lasted: fc.nat(100), refuses: fc.boolean() }), { maxLength: 40 }),
    async (puts) => {
      const { writes, clock, taken, state } = queue();
      const latest = new Map<number, number>();
      for (const { second, lasted, refuses } of puts) {
        state.refuses = refuses;
        writes.put(event(second, lasted + 1));
        latest.set(second, lasted);
        await clock.advance(seconds(1));
      }
      state.refuses = false;
      await writes.stop();
      assert.equal(writes.waiting, 0);
      for (const second of latest.keys()) assert.ok(taken.includes(`${idAt(second)} ended`));
    }), { numRuns: 25 }));
});
