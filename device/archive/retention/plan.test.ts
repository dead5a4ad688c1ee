import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millis } from '../../core/units.ts';
import {
  KEPT_CLASSES, planRetention, type Candidate, type KeptClass, type RetentionNeed, type RetentionPlan,
  type RetentionRules,
} from './plan.ts';

const EPOCH = Date.UTC(2026, 10, 21);

const rules: RetentionRules = {
  maxBytes: 0, reserve: millis(0),
  minimumFree: 0, age: { event: millis(0), continuous: millis(0), timelapse: millis(0) }, pending: 'keep',
};

const world = fc.array(fc.record({
  class: fc.constantFrom<KeptClass>('event', 'timelapse', 'continuous'),
  at: fc.integer({ min: EPOCH, max: EPOCH + 1000 }), starred: fc.boolean(),
  upload: fc.constantFrom<Candidate['upload']>('none', 'uploaded', 'waiting'), bytes: fc.integer({ min: 0, max: 100 }),
  linked: fc.boolean(), ours: fc.boolean(),
}), { maxLength: 30 }).map((all) => all.map(({ linked, ours, ...facts }, index): Candidate => ({
  ...facts, subject: String(index), at: millis(facts.at),
  frees: linked ? 0 : facts.bytes, freesWithLanding: linked && !ours ? 0 : facts.bytes,
})));
const needs = fc.record({
  now: fc.constant(millis(EPOCH + 1000)), tooMany: fc.integer({ min: -50, max: 900 }),
  tooFull: fc.integer({ min: -50, max: 900 }),
});
const anyRules = fc.record({
  pending: fc.constantFrom<'keep' | 'delete'>('keep', 'delete'),
  age: fc.record({
    event: fc.integer({ min: 0, max: 900 }).map(millis), continuous: fc.integer({ min: 0, max: 900 }).map(millis),
    timelapse: fc.integer({ min: 0, max: 900 }).map(millis),
  }),
}).map((given) => ({ ...rules, ...given }));

const sorted = (all: readonly Candidate[]) => (kind: KeptClass): Candidate[] =>
  all.filter((one) => one.class === kind).toSorted((a, b) => a.at - b.at);

/** Plans for any world, need and rules. */
const always = (holds: (
  plan: RetentionPlan, given: { all: readonly Candidate[]; need: RetentionNeed; rules: RetentionRules },
) => void): void =>
  fc.assert(fc.property(world, needs, anyRules, (all, need, given) => {
    holds(planRetention(given, need, sorted(all)), { all, need, rules: given });
  }), { numRuns: 400 });

const still = ({ short }: RetentionPlan): boolean => short.tooMany > 0 || short.tooFull > 0;

describe('retention', () => {
  it('never deletes what is starred', () => always(({ steps }) => {
    assert.ok(steps.every(({ candidate }) => !candidate.starred));
  }));

  it('never deletes what waits for its upload, unless the rules say so, and says so of each', () =>
    always(({ steps }, { rules: { pending } }) => {
      for (const { candidate, untaken } of steps) {
        if (candidate.upload === 'waiting') assert.ok(pending === 'delete' && untaken);
        if (pending === 'keep') assert.ok(!untaken);
      }
    }));

  it('deletes nothing twice', () => always(({ steps }) => {
    assert.equal(new Set(steps.map(({ candidate }) => candidate.subject)).size, steps.length);
  }));

  it('stops as soon as there is enough: without its last step there would not be', () => always(({
    steps,
  }, { need }) => {
    const last = steps.findLast(({ why }) => why === 'room');
    if (last === undefined) return;
    const before = steps.filter((step) => step !== last);
    const tooMany = need.tooMany - before.reduce((sum, { candidate }) => sum + candidate.bytes, 0);
    const tooFull = need.tooFull
      - before.reduce((sum, { candidate, untaken }) =>
        sum + (untaken ? candidate.freesWithLanding : candidate.frees), 0);
    assert.ok(tooMany > 0 || tooFull > 0);
  }));

  it('brings what it says, and what is short is short', () => always(({ steps, short }, { need }) => {
    assert.equal(short.tooMany, need.tooMany - steps.reduce((sum, { candidate }) => sum + candidate.bytes, 0));
    assert.equal(short.tooFull, need.tooFull
      - steps.reduce((sum, { candidate, untaken }) =>
        sum + (untaken ? candidate.freesWithLanding : candidate.frees), 0));
  }));

  it('goes by age within a class: what it takes for room is older than what it leaves and could have taken', () => always((
    {
      steps,
    },
    { all },
  ) => {
    for (const kind of KEPT_CLASSES) {
      const taken = steps.filter(({ candidate, why, untaken }) =>
        why === 'room' && !untaken && candidate.class === kind);
      const newest = Math.max(-Infinity, ...taken.map(({ candidate }) => candidate.at));
      const gone = new Set(steps.map(({ candidate }) => candidate.subject));
      const passedOver = all.filter((one) =>
        one.class === kind && one.at < newest && !gone.has(one.subject) && !one.starred && one.upload !== 'waiting');
      assert.ok(passedOver.every(({ frees }) => frees === 0), 'only those stay that bring nothing');
    }
  }));

  it('takes events for room only when no continuous recording is left that helps', () => always((plan, { all }) => {
    if (!plan.steps.some(({ candidate, why, untaken }) => candidate.class === 'event' && why === 'room' && !untaken))
      return;
    const gone = new Set(plan.steps.map(({ candidate }) => candidate.subject));
    const left = all.filter((one) =>
      one.class === 'continuous' && !gone.has(one.subject) && !one.starred && one.upload !== 'waiting');
    assert.ok(left.every(({ frees }) => frees === 0));
  }));

  it('is short only when nothing is left that may go and helps', () => always((plan, { all, rules: { pending } }) => {
    if (!still(plan)) return;
    const gone = new Set(plan.steps.map(({ candidate }) => candidate.subject));
    for (const one of all) {
      if (gone.has(one.subject) || one.starred || (one.upload === 'waiting' && pending === 'keep')) continue;
      const frees = pending === 'delete' ? one.freesWithLanding : one.frees;
      assert.ok((plan.short.tooMany <= 0 || one.bytes === 0)
        && (plan.short.tooFull <= 0 || frees === 0), JSON.stringify(one));
    }
  }));

  it('deletes by age whatever the room, and nothing that has not had its time', () =>
    always(({ steps }, { all, need, rules: given }) => {
      const gone = new Set(steps.map(({ candidate }) => candidate.subject));
      for (const one of all) {
        const limit = given.age[one.class];
        const isOver = limit > 0 && need.now - one.at > limit;
        if (isOver && !one.starred && one.upload !== 'waiting') assert.ok(gone.has(one.subject));
      }
      for (const { candidate, why } of steps)
        if (why === 'age') assert.ok(need.now - candidate.at > given.age[candidate.class]);
    }));

  it('has nothing to do when done', () => always((plan, { all, need, rules: given }) => {
    const gone = new Set(plan.steps.map(({ candidate }) => candidate.subject));
    const left = all.filter(({ subject }) => !gone.has(subject));
    assert.deepEqual(planRetention(given, { ...need, ...plan.short }, sorted(left)).steps, []);
  }));

  it('does not judge the age of what a clock told that was never set', () => {
    const one: Candidate = {
      subject: 'a', class: 'event', at: millis(5000), starred: false, upload: 'none', bytes: 1, frees: 1,
      freesWithLanding: 1,
    };
    const aged = { ...rules, age: { event: millis(1000), continuous: millis(0), timelapse: millis(0) } };
    assert.deepEqual(planRetention(
      aged, { now: millis(EPOCH), tooMany: 0, tooFull: 0 }, (kind) => (kind === 'event' ? [one] : []),
    ).steps, []);
  });
});
