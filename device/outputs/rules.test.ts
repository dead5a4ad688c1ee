import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { faceOf } from '../../test/fixtures/told-events.ts';
import { EVENT_KINDS, type TytoEvent } from '../contract/event.ts';
import { outputsSchema, type OutputPlan, type OutputRule } from '../contract/outputs.ts';
import { habitsOf, matches } from './rules.ts';

const event = (change: Partial<TytoEvent>): TytoEvent => ({ ...endedEvent(1), ...change });
const plan = (fields: object): OutputPlan => {
  const [only] = outputsSchema.parse([fields]);
  assert.ok(only);
  return only;
};

describe('which events an output is told of', () => {
  it('is all of them without a rule', () => assert.ok(matches({}, event({}))));

  const cases: readonly (readonly [what: string, rule: OutputRule, yes: Partial<TytoEvent>, no: Partial<TytoEvent>])[] = [
    ['kind', { kinds: ['person', 'covered'] }, { kinds: ['motion', 'person'] }, { kinds: ['motion', 'vehicle'] }],
    ['zone', { zones: ['drive'] }, { entered_zones: ['lawn', 'drive'] }, { entered_zones: ['lawn'] }],
    ['camera', { cameras: ['yard'] }, { camera: 'yard' }, { camera: 'hall' }],
    ['score', { score: 0.7 }, { top_score: 0.7 }, { top_score: 0.69 }],
    ['a person who was named', { people: 'named' }, { faces: [faceOf(null), faceOf('Ada')] }, { faces: [faceOf(null)] }],
    ['a certain person', { people: ['Ada'] }, { faces: [faceOf('Ada')] }, { faces: [faceOf('Bob')] }],
    ['somebody unknown', { people: 'unknown' }, { faces: [faceOf('Ada'), faceOf(null)] }, { faces: [faceOf('Ada')] }],
  ];
  for (const [what, rule, yes, no] of cases) {
    it(`goes by ${what}`, () => assert.deepEqual([matches(rule, event(yes)), matches(rule, event(no))], [true, false]));
  }

  it('asks for all that a rule says', () =>
    assert.equal(matches({ kinds: ['person'], zones: ['drive'] }, event({ kinds: ['person'], entered_zones: [] })), false));

  it('never tells more for a stricter rule', () => fc.assert(fc.property(
    fc.subarray([...EVENT_KINDS], { minLength: 1 }), fc.subarray([...EVENT_KINDS], { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }),
    (kinds, asked, score) => {
      const seen = event({ kinds });
      assert.ok(!matches({ kinds: asked, score }, seen) || matches({ kinds: asked }, seen));
    },
  )));

  it('tells people once and soon, programs the whole story', () => {
    assert.deepEqual(habitsOf(plan({ name: 'phone', type: 'ntfy', topic: 't' })), { phases: ['new'], timeout: 20_000, stale: 3_600_000 });
    assert.deepEqual(habitsOf(plan({ name: 'log', type: 'tcp', host: 'h', port: 1 })), { phases: ['new', 'end'], timeout: 10_000, stale: 86_400_000 });
    assert.deepEqual(habitsOf(plan({ name: 'log', type: 'tcp', host: 'h', port: 1, stale: '5m', timeout: '1s', when: { phases: ['end'] } })),
      { phases: ['end'], timeout: 1000, stale: 300_000 });
  });
});
