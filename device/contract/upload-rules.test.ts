import assert from 'node:assert/strict';
import { describeUploadRules } from './describe-upload-rules.ts';
import { uploadRulesSchema } from './upload-rules.ts';

describe('rules of what to upload', () => {
  it('are read as they stand', () => {
    const rules = [
      { when: { kinds: ['person'], people: 'unknown', score: 0.5 }, what: 'events' },
      { when: { zones: ['lawn'] }, what: 'pictures' },
    ];
    assert.deepEqual(uploadRulesSchema.parse(rules), rules);
  });

  it('that are wrong are told by number and field, with what came', () => {
    const told = (rules: unknown): string => {
      const { error } = uploadRulesSchema.safeParse(rules);
      return error === undefined ? 'sound' : describeUploadRules(error, rules);
    };
    assert.equal(told('all'), 'the list must be a list');
    assert.equal(told([7]), 'rule 1: must be an object in braces, got 7');
    assert.equal(told([{ when: {}, what: 'everything' }]), 'rule 1: what must be events or pictures, got "everything"');
    assert.match(
      told([{ when: {}, what: 'events' }, { when: { kinds: ['continuous'] }, what: 'events' }]),
      /^rule 2: when\.kinds\.0 must be kinds of events: motion, .*, got "continuous"$/,
    );
    assert.equal(told([{ when: { colour: 'red' }, what: 'events' }]), 'rule 1: there is no setting "when.colour"');
    assert.equal(told([{ what: 'events' }]), 'rule 1: when must be an object in braces, got nothing');
  });
});
