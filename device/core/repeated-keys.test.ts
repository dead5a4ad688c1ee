import assert from 'node:assert/strict';
import fc from 'fast-check';
import { repeatedKeys } from './repeated-keys.ts';

describe('keys that stand twice', () => {
  it('are found wherever they are, with their lines', () => assert.deepEqual(repeatedKeys(`{
    "motion": {"sensitivity": 0.6, "a\\"{b": 1},
    "zones": [{"name": "x"}, {"name": "y",
      "n\\u0061me": "z"}],
    "motion": {"sensitivity": 0.4}
  }`), [{ path: 'zones.1.name', lines: [3, 4] }, { path: 'motion', lines: [2, 5] }]));

  it('are none in what a program wrote', () => fc.assert(fc.property(fc.json(), fc.nat(3), (text, indent) =>
    assert.deepEqual(repeatedKeys(JSON.stringify(JSON.parse(text), undefined, indent)), []))));
});
