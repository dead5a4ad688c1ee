import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { faceOf } from '../../test/fixtures/told-events.ts';
import { EVENT_KINDS, type TytoEvent } from './event.ts';
import { ruleMatches, type EventRule } from './event-rule.ts';

const event = (change: Partial<TytoEvent>): TytoEvent => ({ ...endedEvent(1), ...change });

describe('which events a rule means', () => {
  it('is all of them without a condition', () => assert.ok(ruleMatches({}, event({}))));

  const cases: readonly (readonly [
    what: string, rule: EventRule, yes: Partial<TytoEvent>, no: Partial<TytoEvent>,
  ])[] = [
    ['kind', { kinds: ['person', 'covered'] }, { kinds: ['motion', 'person'] }, { kinds: ['motion', 'vehicle'] }],
    ['zone', { zones: ['drive'] }, { entered_zones: ['lawn', 'drive'] }, { entered_zones: ['lawn'] }],
    ['camera', { cameras: ['yard'] }, { camera: 'yard' }, { camera: 'hall' }],
    ['score', { score: 0.7 }, { top_score: 0.7 }, { top_score: 0.69 }],
    [
      'a person who was named', { people: 'named' }, { faces: [faceOf(null), faceOf('Ada')] },
      { faces: [faceOf(null)] },
    ],
    ['a certain person', { people: ['Ada'] }, { faces: [faceOf('Ada')] }, { faces: [faceOf('Bob')] }],
    ['somebody unknown', { people: 'unknown' }, { faces: [faceOf('Ada'), faceOf(null)] }, { faces: [faceOf('Ada')] }],
  ];
  for (const [what, rule, yes, no] of cases) {
    it(`goes by ${what}`, () =>
      assert.deepEqual([ruleMatches(rule, event(yes)), ruleMatches(rule, event(no))], [true, false]));
  }

  it('asks for all that a rule says', () =>
    assert.equal(
      ruleMatches({ kinds: ['person'], zones: ['drive'] }, event({ kinds: ['person'], entered_zones: [] })), false,
    ));

  it('never tells more for a stricter rule', () => fc.assert(fc.property(
    fc.subarray([...EVENT_KINDS], { minLength: 1 }),
    fc.subarray([...EVENT_KINDS], { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }),
    (kinds, asked, score) => {
      const seen = event({ kinds });
      assert.ok(!ruleMatches({ kinds: asked, score }, seen) || ruleMatches({ kinds: asked }, seen));
    },
  )));

  it('is never for continuous recording', () => assert.equal(ruleMatches({}, event({ kinds: ['continuous'] })), false));
});
