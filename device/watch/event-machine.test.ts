import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EVENT_KINDS, type EventKind } from '../contract/event.ts';
import { nothingSeen, type Observation } from '../core/frame.ts';
import { millis, ratio, seconds } from '../core/units.ts';
import { withKinds } from './event-kinds.ts';
import {
  closeEvents, idle, stepEvents, stepRecognised, type EventEffect, type EventLimits, type EventState,
} from './event-machine.ts';
import type { Recognition } from './recognition.ts';

const limits: EventLimits = { minimumDuration: millis(400), quiet: seconds(3), maxLength: seconds(20) };
const onlyRecognised: EventLimits = { ...limits, onlyRecognised: true };
const STEP_MS = 200;

/** '.' still, '1' to '9' motion of that tenth, 'c' covered, 'C' covered and moving, 'm' moved away. */
function seen(index: number, mark: string): Observation {
  const score = mark === 'C' ? 0.5 : Number(mark) / 10 || 0;
  const tamper = mark === 'm' ? ['moved' as const] : mark.toLowerCase() === 'c' ? ['covered' as const] : [];
  return { ...nothingSeen(millis(index * STEP_MS)), motion: score > 0, score: ratio(score), tamper };
}

const person = (index: number): Recognition =>
  ({
    seen: seen(index, '5'), faces: [],
    things: [{ label: 'person', box: [0.4, 0.4, 0.1, 0.3], score: 0.9, track: null }],
  });

/**
 * Plays a scene of one character a frame, 5 a second; a 'p' says that a person was recognised in the
 * frame before. Lists what came of it.
 */
function play(scene: string, under = limits): { effects: EventEffect[]; state: EventState } {
  let state = idle;
  let index = 0;
  const effects = [...scene].flatMap((mark) => {
    const [next, out] = mark === 'p'
      ? stepRecognised(state, person(index - 1), under)
      : stepEvents(state, seen(index++, mark), under);
    state = next;
    return out;
  });
  return { effects, state };
}

const told = (scene: string, under = limits): string[] => play(scene, under).effects.map((effect) =>
  (effect.type === 'start' ? `start ${effect.startedAt}`
    : effect.type === 'end' ? `end ${effect.endedAt}` : `update ${effect.account.best.score}`));

const quiet = '.'.repeat(16);

describe('event machine', () => {
  it('says nothing while the scene is still', () => assert.deepEqual(told(quiet), []));
  it('takes no notice of a flash', () => assert.deepEqual(told(`..5.${quiet}`), []));
  it('starts an event at its first moving frame once motion has lasted', () =>
    assert.deepEqual(told('..555'), ['start 400']));
  it('bridges a missed frame', () => assert.deepEqual(told('5.55'), ['start 0']));
  it('ends an event at the last motion, once it was quiet for long enough', () =>
    assert.deepEqual(told(`555${quiet}`), ['start 0', 'end 400']));
  it('extends the event when motion returns before that', () =>
    assert.deepEqual(told(`555${'.'.repeat(10)}5${quiet}`), ['start 0', 'end 2600']));
  it('tells a clearly better moment, at most once a second', () =>
    assert.deepEqual(told('333333339999999'), ['start 0', 'update 0.9']));
  it('goes on as the next event when one lasts too long', () =>
    assert.deepEqual(told('5'.repeat(102)), ['start 0', 'end 20000', 'start 20000']));
  it('tells the best moment with its end, where that comes within a second of it', () => {
    assert.deepEqual(told(`${'3'.repeat(99)}99`), ['start 0', 'update 0.9', 'end 20000', 'start 20000']);
    assert.deepEqual(closeEvents(play('33333333').state)[1].map(({ type }) => type), ['end']);
    assert.deepEqual(closeEvents(play('33339').state)[1].map(({ type }) => type), ['update', 'end'], 'the camera went');
  });
  it('ends what is open when the camera goes', () =>
    assert.deepEqual(closeEvents(play('5555').state)[1].map(({ type }) => type), ['end']));

  it('takes two flashes with nothing seen between for two flashes', () => {
    const [once] = stepEvents(idle, seen(0, '5'), limits);
    assert.deepEqual(stepEvents(once, seen(20, '5'), limits)[1], []);
  });

  describe('and a picture that somebody tampers with', () => {
    const about = (scene: string): [string, readonly EventKind[]][] =>
      play(scene).effects.flatMap((effect) => (effect.type === 'update' ? [] : [[effect.type, effect.account.kinds]]));

    it('makes an event of it at once, however short', () =>
      assert.deepEqual(told(`..c${quiet}`), ['start 400', 'end 400']));
    it('is an event of bounded length while the state lasts on', () =>
      assert.deepEqual(play(`..${'c'.repeat(300)}`, { ...limits, maxLength: seconds(60) }).effects.map((effect) =>
        (effect.type === 'start' ? effect.startedAt : effect.type === 'end' ? effect.endedAt : 0)), [400, 30_400]));
    it('makes another one when it is done again', () =>
      assert.deepEqual(told(`c${quiet}c${quiet}`), ['start 0', 'end 0', 'start 3400', 'end 3400']));
    it('makes none of what has been wrong since before the stream was lost', () => {
      const { state } = play('cc');
      assert.deepEqual(stepEvents(closeEvents(state)[0], seen(0, 'c'), limits)[1], []);
    });
    it('joins what is under way, and says so within a second', () => {
      const { effects } = play('555555mmm');
      assert.deepEqual(effects.map(({ type, account }) => [type, account.kinds]), [
        ['start', ['motion']], ['update', ['moved', 'motion']],
      ]);
    });
    it('calls it motion only once something has moved for long enough', () =>
      assert.deepEqual([about(`C${quiet}`), about(`CCC${quiet}`)],
        [[['start', ['covered']], ['end', ['covered']]], [['start', ['covered']], ['end', ['covered', 'motion']]]]));
    it('needs nobody to be recognised', () => assert.deepEqual(told('c', onlyRecognised), ['start 0']));
  });

  describe('where only what was recognised is an event', () => {
    it('is silent about leaves', () => assert.deepEqual(told(`${'5'.repeat(200)}${quiet}`, onlyRecognised), []));
    it('begins with the motion, not with the answer', () =>
      assert.deepEqual(told('55555p', onlyRecognised), ['start 0']));
    it('begins a few seconds before the answer when leaves have moved for long', () =>
      assert.deepEqual(told(`${'5'.repeat(101)}p`, onlyRecognised), ['start 11600']));
    it('waits for an answer to motion that is over, but not for long', () => {
      const answer = (after: number) => {
        const { state } = play(`555${'.'.repeat(after)}`, onlyRecognised);
        return stepRecognised(state, person(2), onlyRecognised)[1].map(({ type }) => type);
      };
      assert.deepEqual([answer(35), answer(45)], [['start'], []]);
    });
    it('does not go on as the next event when what was recognised has long gone', () => {
      const long = { ...onlyRecognised, maxLength: seconds(70) };
      const { effects } = play(`555p${'5'.repeat(400)}`, long);
      assert.deepEqual(effects.map(({ type }) => type), ['start', 'end']);
    });
    it('takes everything for an event once nobody recognises any more', () => {
      const impossible: EventLimits = { ...onlyRecognised, recognitionFails: true };
      const next = (scene: string, mark: string) =>
        stepEvents(play(scene, onlyRecognised).state, seen(scene.length, mark), impossible)[1].map(({ type }) => type);
      assert.deepEqual(
        [next('5555', '5'), next('555....', '.'), next(`555${'.'.repeat(45)}`, '.')], [['start'], ['start'], []],
      );
    });
  });

  describe('a face that one look alone is not sure of', () => {
    const doubtful = (index: number) => ({
      seen: seen(index, '5'), things: [],
      faces: [{ box: [0.4, 0.4, 0.05, 0.1] as const, score: 0.7, track: null, person: null, similarity: null }],
    });
    const recognise = (state: EventState, index: number, under: EventLimits) =>
      stepRecognised(state, doubtful(index), under);

    it('begins no event where only what was recognised is one, until another look agrees', () => {
      const [once, nothing] = recognise(play('55555', onlyRecognised).state, 2, onlyRecognised);
      assert.deepEqual(nothing, []);
      const [, [start]] = recognise(once, 4, onlyRecognised);
      assert.deepEqual(start?.type === 'start' && start.account.kinds, ['face', 'motion']);
    });
    it('is not what an event is of, nor what its picture shows', () => {
      const [once] = recognise(play('55555').state, 2, limits);
      assert.deepEqual([once.account?.kinds, once.account?.best.shows], [['motion'], 'motion']);
      const [twice] = recognise(once, 4, limits);
      assert.deepEqual([twice.account?.kinds, twice.account?.best.shows], [['face', 'motion'], 'face']);
    });
    it('lets no event go on as the next one', () => {
      const long = { ...onlyRecognised, maxLength: seconds(70) };
      const [state] = recognise(play(`555p${'5'.repeat(300)}`, long).state, 300, long);
      assert.equal(state.event?.recognisedAt, play('555p', long).state.event?.recognisedAt);
    });
  });

  it('tells who was recognised at once with the next frame, and takes that moment for the picture', () => {
    const { effects } = play('99999999p9');
    const update = effects.at(-1);
    assert.ok(update?.type === 'update' && update.picture);
    assert.deepEqual(
      [update.account.kinds, update.account.best.shows, update.account.best.at], [['person', 'motion'], 'thing', 1400],
    );
  });

  it('names every kind there is by its importance', () =>
    assert.deepEqual(new Set(withKinds([], EVENT_KINDS)), new Set(EVENT_KINDS)));

  it('never opens two events at once, and never ends one before it began', () => fc.assert(
    fc.property(fc.array(
      fc.constantFrom('.', '.', '1', '5', '9', 'c', 'm', 'p'), { maxLength: 400 },
    ), fc.boolean(), (marks, gated) => {
      let openedAt: number | undefined;
      for (const effect of play(`.${marks.join('')}`, gated ? onlyRecognised : limits).effects) {
        assert.ok(effect.account.kinds.length > 0);
        if (effect.type === 'start') { assert.equal(openedAt, undefined); openedAt = effect.startedAt; }
        if (effect.type === 'update') assert.notEqual(openedAt, undefined);
        if (effect.type === 'end') {
          assert.ok(openedAt !== undefined && effect.endedAt >= openedAt);
          openedAt = undefined;
        }
      }
    }),
  ));
});
