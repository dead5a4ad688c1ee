import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Observation } from '../core/frame.ts';
import { millis, ratio, seconds } from '../core/units.ts';
import { closeEvents, idle, stepEvents, type EventEffect, type EventState } from './event-machine.ts';

const limits = { minimumDuration: millis(400), quiet: seconds(3), maxLength: seconds(20) };
const STEP_MS = 200;

const seen = (at: number, score: number): Observation => ({ at: millis(at), motion: score > 0, score: ratio(score), boxes: [], tracks: [], crossings: [], tamper: [], attention: true });

/** Plays a scene of one character a frame, 5 a second: '.' still, '1' to '9' motion of that tenth. Lists what came of it. */
function play(scene: string, from: EventState = idle): { effects: EventEffect[]; state: EventState } {
  let state = from;
  const effects = [...scene].flatMap((mark, index) => {
    const [next, out] = stepEvents(state, seen(index * STEP_MS, mark === '.' ? 0 : Number(mark) / 10), limits);
    state = next;
    return out;
  });
  return { effects, state };
}

const told = (scene: string): string[] => play(scene).effects.map((effect) =>
  (effect.type === 'start' ? `start ${effect.startedAt}` : effect.type === 'end' ? `end ${effect.endedAt}` : `update ${effect.best.score}`));

const quiet = '.'.repeat(16);

describe('event machine', () => {
  it('says nothing while the scene is still', () => assert.deepEqual(told(quiet), []));
  it('takes no notice of a flash', () => assert.deepEqual(told(`..5.${quiet}`), []));
  it('starts an event at its first moving frame once motion has lasted', () => assert.deepEqual(told('..555'), ['start 400']));
  it('bridges a missed frame', () => assert.deepEqual(told('5.55'), ['start 0']));
  it('ends an event at the last motion, once it was quiet for long enough', () =>
    assert.deepEqual(told(`555${quiet}`), ['start 0', 'end 400']));
  it('extends the event when motion returns before that', () =>
    assert.deepEqual(told(`555${'.'.repeat(10)}5${quiet}`), ['start 0', 'end 2600']));
  it('tells a clearly better moment, at most once a second', () =>
    assert.deepEqual(told('333333339999999'), ['start 0', 'update 0.9']));
  it('goes on as the next event when one lasts too long', () =>
    assert.deepEqual(told('5'.repeat(102)), ['start 0', 'end 20000', 'start 20000']));
  it('ends what is open when the camera goes', () =>
    assert.deepEqual(closeEvents(play('5555').state)[1].map(({ type }) => type), ['end']));

  it('never opens two events at once, and never ends one before it began', () => fc.assert(
    fc.property(fc.array(fc.constantFrom('.', '.', '1', '5', '9'), { maxLength: 400 }), (marks) => {
      let openedAt: number | undefined;
      for (const effect of play(marks.join('')).effects) {
        if (effect.type === 'start') { assert.equal(openedAt, undefined); openedAt = effect.startedAt; }
        if (effect.type === 'update') assert.notEqual(openedAt, undefined);
        if (effect.type === 'end') { assert.ok(openedAt !== undefined && effect.endedAt >= openedAt); openedAt = undefined; }
      }
    }),
  ));
});
