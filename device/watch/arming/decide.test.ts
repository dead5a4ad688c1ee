import assert from 'node:assert/strict';
import fc from 'fast-check';
import { begun, decide, step, waitingSentence, type Condition } from './decide.ts';

const allows = (because: string): Condition => ({ allows: true, because });
const refuses = (because: string): Condition => ({ allows: false, because });

describe('arming', () => {
  it('needs every condition, and says in one sentence why', () => {
    assert.deepEqual(decide([allows('the switch is on'), allows('nobody is at home')]), {
      armed: true, sentence: 'Armed: the switch is on and nobody is at home.',
    });
    assert.deepEqual(decide([refuses('the switch is off'), allows('nobody is at home')]), {
      armed: false, sentence: 'Not armed: the switch is off.',
    });
    assert.equal(decide([
      refuses('the switch is off'), refuses('somebody is at home'),
      refuses('it is outside of the timetable until 22:00'),
    ]).sentence,
      'Not armed: the switch is off, somebody is at home and it is outside of the timetable until 22:00.');
  });

  it('waits as long as asked after a wish changes, and not at all at the start', () => {
    const delays = { arm: 30_000, disarm: 10_000 };
    assert.equal(begun(true).armed, true);
    const asked = step(begun(false), true, 1000, delays);
    assert.deepEqual([asked.state.armed, asked.left], [false, 30_000]);
    assert.deepEqual(step(asked.state, true, 30_999, delays), { state: { armed: false, since: 1000 }, left: 1 });
    assert.deepEqual(step(asked.state, true, 31_000, delays), {
      state: { armed: true, since: undefined }, left: undefined,
    });
    const recanted = step(asked.state, false, 20_000, delays);
    assert.equal(step(recanted.state, true, 40_000, delays).left, 30_000, 'a wish that was taken back begins anew');
    assert.equal(step(begun(true), false, 0, delays).left, 10_000);
  });

  it('says what it waits for', () => {
    assert.equal(
      waitingSentence(decide([allows('the switch is on')]), 29_100), 'Not armed yet, armed in 30 s: the switch is on.',
    );
    assert.equal(
      waitingSentence(decide([refuses('somebody is at home')]), 5000),
      'Still armed, disarmed in 5 s: somebody is at home.',
    );
  });

  it('is in force only after its wish has lasted without a break', () => {
    const walk = fc.array(fc.record({
      wish: fc.boolean(), passed: fc.integer({ min: 0, max: 5000 }),
    }), { maxLength: 60 });
    fc.assert(fc.property(walk, fc.integer({
      min: 0, max: 9000,
    }), fc.integer({ min: 0, max: 9000 }), (steps, arm, disarm) => {
      let state = begun(false);
      let now = 0;
      let wishedSince = 0;
      let wished = false;
      for (const { wish, passed } of steps) {
        now += passed;
        if (wish !== wished) [wished, wishedSince] = [wish, now];
        const before = state.armed;
        ({ state } = step(state, wish, now, { arm, disarm }));
        if (state.armed !== before) assert.ok(state.armed === wish && now - wishedSince >= (wish ? arm : disarm));
      }
    }));
  });
});
