import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nothingSeen, type Observation } from '../core/frame.ts';
import { millis, ratio, seconds } from '../core/units.ts';
import {
  idle, stepBlind, stepDisarmed, stepEvents, stepLetGo, stepRequest, stepTime, type EventEffect,
  type EventLimits, type EventState,
} from './event-machine.ts';
import type { AskedKind } from './holds.ts';

const limits: EventLimits = { minimumDuration: millis(400), quiet: seconds(3), maxLength: seconds(20) };
const STEP_MS = 200;

const seen = (at: number, moves: boolean): Observation =>
  ({ ...nothingSeen(millis(at)), motion: moves, score: ratio(moves ? 0.5 : 0) });

const request = (state: EventState, kind: AskedKind, at: number, length: number) =>
  stepRequest(state, { kind, at: millis(at), until: millis(at + length), words: {} });

/**
 * Plays a scene of one character a frame, 5 a second: '.' still, 'M' motion, '-' a moment that
 * nobody looked at. In between, and taking no time: 'r' record for 4 s, 't' a trigger for 2 s, 's'
 * stop, 'd' disarm, 'b' vision falls silent.
 */
function play(scene: string, under = limits): { effects: EventEffect[]; state: EventState } {
  let state = idle;
  let at = -STEP_MS;
  const effects: EventEffect[] = [];
  const take = ([next, out]: readonly [EventState, readonly EventEffect[]]): void => {
    state = next;
    effects.push(...out);
  };
  for (const mark of scene) {
    const now = millis(at);
    if (mark === 'r') take(request(state, 'manual', at, 4000));
    else if (mark === 't') take(request(state, 'external', at, 2000));
    else if (mark === 's') take(stepLetGo(state, 'manual', now, under));
    else if (mark === 'd') take(stepDisarmed(state, now));
    else if (mark === 'b') take(stepBlind(state, now));
    else {
      at += STEP_MS;
      if (mark !== '-') take(stepEvents(state, seen(at, mark === 'M'), under));
      take(stepTime(state, millis(at), under));
    }
  }
  return { effects, state };
}

const told = (scene: string, under = limits): string[] => play(scene, under).effects.flatMap((effect) => {
  if (effect.type === 'update') return [];
  return [effect.type === 'start'
    ? `start ${effect.startedAt} ${effect.account.kinds.join()}`
    : `end ${effect.endedAt} ${effect.account.kinds.join()}`];
});

const still = (secondsLong: number): string => '.'.repeat(secondsLong * 5);
const unseen = (secondsLong: number): string => '-'.repeat(secondsLong * 5);
const moving = (secondsLong: number): string => 'M'.repeat(secondsLong * 5);

describe('event machine, asked from outside', () => {
  it('records for as long as was asked, whether somebody looks or not', () => {
    assert.deepEqual(told(`.r${still(10)}`), ['start 0 manual', 'end 4000 manual']);
    assert.deepEqual(told(`-r${unseen(10)}`), ['start 0 manual', 'end 4000 manual']);
  });
  it('prolongs when asked again', () =>
    assert.deepEqual(told(`-r${unseen(3)}r${unseen(10)}`), ['start 0 manual', 'end 7000 manual']));
  it('stops early', () => assert.deepEqual(told(`-r${unseen(1)}s${unseen(5)}`), ['start 0 manual', 'end 1000 manual']));
  it('is one event with motion that comes while it lasts, and then ends as motion does', () =>
    assert.deepEqual(told(`.r${still(3)}${moving(2)}${still(5)}`), ['start 0 manual', 'end 5000 manual,motion']));
  it('lasts on when motion is over before it', () =>
    assert.deepEqual(told(`.tr${moving(0.6)}${still(9)}`), ['start 0 external', 'end 4000 manual,external,motion']));
  it('joins motion under way, and does not shorten it', () =>
    assert.deepEqual(told(`${moving(2)}t${moving(4)}${still(4)}`), ['start 0 motion', 'end 5800 external,motion']));
  it('does not end motion when what was asked for is stopped', () =>
    assert.deepEqual(
      told(`${moving(2)}r${moving(1)}s${moving(1)}${still(4)}`), ['start 0 motion', 'end 3800 manual,motion'],
    ));
  it('goes on as the next event where it lasts longer than one may', () => {
    const short = { ...limits, maxLength: seconds(3) };
    assert.deepEqual(
      told(`-r${unseen(6)}`, short), ['start 0 manual', 'end 3000 manual', 'start 3000 manual', 'end 4000 manual'],
    );
    assert.deepEqual(
      told(`.r${still(6)}`, short), ['start 0 manual', 'end 3000 manual', 'start 3000 manual', 'end 4000 manual'],
    );
  });
  it('goes on when the camera is disarmed, where a person records; a trigger and motion do not', () => {
    assert.deepEqual(told(`.r${moving(1)}d${unseen(5)}`), ['start 0 manual', 'end 4000 manual,motion']);
    assert.deepEqual(told(`.t${still(1)}d${unseen(5)}`), ['start 0 external', 'end 1000 external']);
  });
  it('goes on when vision falls silent in it', () =>
    assert.deepEqual(told(`.r${moving(1)}b${unseen(5)}`), ['start 0 manual', 'end 4000 manual,motion']));
  it('is not prolonged by leaves where only what was recognised counts', () =>
    assert.deepEqual(
      told(`.r${moving(8)}`, { ...limits, onlyRecognised: true }), ['start 0 manual', 'end 4000 manual,motion'],
    ));
  it('keeps the first words that it was given', () => {
    const [first] = stepRequest(idle, { kind: 'external', at: millis(0), until: seconds(2), words: { label: 'bell' } });
    const [, effects] = stepRequest(first, {
      kind: 'manual', at: millis(100), until: seconds(2), words: { label: 'later', source: 'page' },
    });
    assert.deepEqual(effects.map(({ type, account: { words, kinds } }) => [type, words, kinds]), [
      ['update', { label: 'bell', source: 'page' }, ['manual', 'external']],
    ]);
  });

  it('never opens two events at once, and never ends one before it began or later than it may', () => fc.assert(
    fc.property(fc.array(
      fc.constantFrom('.', '.', '-', '-', 'M', 'r', 't', 's', 'd', 'b'), { maxLength: 400 },
    ), fc.boolean(), (marks, onlyRecognised) => {
      let openedAt: number | undefined;
      for (const effect of play(`.${marks.join('')}`, { ...limits, onlyRecognised }).effects) {
        assert.ok(effect.account.kinds.length > 0);
        if (effect.type === 'start') { assert.equal(openedAt, undefined); openedAt = effect.startedAt; }
        if (effect.type === 'update') assert.notEqual(openedAt, undefined);
        if (effect.type !== 'end') continue;
        assert.ok(openedAt !== undefined
          && effect.endedAt >= openedAt
          && effect.endedAt - openedAt <= limits.maxLength + limits.quiet);
        openedAt = undefined;
      }
    }),
  ));
});
