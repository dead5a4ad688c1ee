import assert from 'node:assert/strict';
import { outputsSchema, type OutputPlan } from '../contract/outputs.ts';
import { habitsOf } from './habits.ts';

const plan = (fields: object): OutputPlan => {
  const [only] = outputsSchema.parse([fields]);
  assert.ok(only);
  return only;
};

describe('habits of outputs', () => {
  it('tells people once and soon, programs the whole story', () => {
    assert.deepEqual(habitsOf(plan({ name: 'phone', type: 'ntfy', topic: 't' })), {
      phases: ['new'], timeout: 20_000, stale: 3_600_000,
    });
    assert.deepEqual(habitsOf(plan({ name: 'log', type: 'tcp', host: 'h', port: 1 })), {
      phases: ['new', 'end'], timeout: 10_000, stale: 86_400_000,
    });
    assert.deepEqual(habitsOf(plan({
      name: 'log', type: 'tcp', host: 'h', port: 1, stale: '5m', timeout: '1s', when: { phases: ['end'] },
    })),
      { phases: ['end'], timeout: 1000, stale: 300_000 });
  });
});
