import assert from 'node:assert/strict';
import { moduleState, strayEnvironmentReads } from './check-habits.ts';
import { ourSources, parseSource } from './source-file.ts';

describe('our code', () => {
  const sources = ourSources();

  it('reads the environment in the rooms for settings only', () =>
    assert.deepEqual(strayEnvironmentReads(sources), []));
  it('has no state at the top of a module', () => assert.deepEqual(moduleState(sources), []));
});

describe('the check of habits', () => {
  const source = (text: string) => [parseSource('device/web/a.ts', text)];

  it('sees each way to the environment', () => {
    assert.equal(strayEnvironmentReads(source(`const a = process.env.A, b = process['env'];`)).length, 2);
    assert.equal(strayEnvironmentReads(source(`import { env } from 'node:process';`)).length, 1);
    assert.deepEqual(strayEnvironmentReads(source(`const a = settings.env;`)), []);
  });
  it('sees a top-level let and leaves inner ones', () => {
    assert.match(moduleState(source(`\nlet a = 1;`))[0] ?? '', /^device\/web\/a\.ts:2 /);
    assert.equal(moduleState(source(`export let a = 1;`)).length, 1);
    assert.deepEqual(moduleState(source(`const f = () => { let b = 1; b += 1; return b; };`)), []);
  });
});
