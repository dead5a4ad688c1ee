import assert from 'node:assert/strict';
import { endlessFolders, longLines, moduleState, strayEnvironmentReads } from './check-habits.ts';
import { ourSources, ourTestSources, parseSource } from './source-file.ts';

/** Where lines do not keep to the length yet. */
const NOT_YET = ['device/camera/gate/'];

describe('our code', () => {
  const sources = ourSources();

  it('reads the environment in the rooms for settings only', () =>
    assert.deepEqual(strayEnvironmentReads(sources), []));
  it('has no state at the top of a module', () => assert.deepEqual(moduleState(sources), []));
  it('makes folders in a way that ends', () => assert.deepEqual(endlessFolders(sources), []));
  it('has no line that is too long, nearly everywhere', () => {
    const held = [...sources, ...ourTestSources()].filter(({ path }) => !NOT_YET.some((room) => path.startsWith(room)));
    assert.deepEqual(longLines(held), []);
  });
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
  it('sees a folder that is made with its parents, and leaves one that is made alone', () => {
    assert.match(endlessFolders(source(`\nawait mkdir(a, { recursive: true });`))[0] ?? '', /^device\/web\/a\.ts:2 /);
    assert.equal(endlessFolders(source(`mkdirSync(a, { mode, recursive: isDeep });`)).length, 1);
    assert.deepEqual(endlessFolders(source(`await mkdir(a, { mode }); await rm(a, { recursive: true });`)), []);
  });
  it('sees a line that is too long, and excuses one that a long text makes so', () => {
    const names = Array.from({ length: 30 }, (_, index) => `name${index}`).join(', ');
    assert.match(longLines(source(`\nconst all = [${names}];`))[0] ?? '', /^device\/web\/a\.ts:2 /);
    assert.deepEqual(longLines(source(`say('${'word '.repeat(30)}');`)), []);
    assert.deepEqual(longLines(source(`const all = [name0];`)), []);
  });
});
