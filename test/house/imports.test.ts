import assert from 'node:assert/strict';
import { forbiddenImports, importCycles, isTest } from './check-imports.ts';
import { rooms } from './import-table.ts';
import { ourSources, parseSource } from './source-file.ts';

describe('the import table', () => {
  const sources = ourSources();

  it('is kept by every import', () => assert.deepEqual(forbiddenImports(sources), []));
  it('is kept without going in circles', () => {
    assert.deepEqual(importCycles(sources.filter(({ path }) => !isTest(path))), []);
  });
  it('names as allowed only rooms that it lists', () => {
    assert.deepEqual(Object.values(rooms).flat().filter((room) => !(room in rooms)), []);
  });
});

describe('the check of imports', () => {
  const verdict = (path: string, text: string): readonly string[] => forbiddenImports([parseSource(path, text)]);

  it('lets a room import itself and what the table gives it', () => {
    assert.deepEqual(
      verdict('device/recorder/a.ts', `import './b.ts'; import '../core/units.ts'; import 'node:fs';`), [],
    );
  });
  it('tells file, line and rule of an import of a sibling, type or not', () => {
    const [problem] = verdict('device/recorder/a.ts', `\nimport type { Feed } from '../camera/camera.ts';`);
    assert.match(
      problem ?? '',
      /^device\/recorder\/a\.ts:2 "\.\.\/camera\/camera\.ts" lies in device\/camera, and device\/recorder/,
    );
  });
  it('sees exports from and dynamic imports', () => {
    assert.equal(
      verdict('device/recorder/a.ts', `export * from '../bus/a.ts'; await import('../web/b.ts');`).length, 2,
    );
  });
  it('lets a composition root wire rooms, but nothing import one', () => {
    assert.deepEqual(verdict('device/watch/main.ts', `import '../camera/camera.ts';`), []);
    assert.match(verdict('device/watch/arming.ts', `import './main.ts';`)[0] ?? '', /composition root/);
  });
  it('keeps the fleet out of a device, and most of a device out of the fleet', () => {
    assert.match(verdict('device/cli.ts', `import '../fleet/index/index.ts';`)[0] ?? '', /belongs to the fleet/);
    assert.match(
      verdict('fleet/main.ts', `import '../device/recorder/recorder.ts';`)[0] ?? '', /what the fleet may use/,
    );
    assert.deepEqual(verdict('fleet/main.ts', `import '../device/core/units.ts';`), []);
  });
  it('keeps a package in its home, and pure rooms without Node.js', () => {
    assert.match(verdict('device/web/a.ts', `import { pino } from 'pino';`)[0] ?? '', /only for device\/runtime/);
    assert.match(verdict('device/core/a.ts', `import 'node:fs';`)[0] ?? '', /pure/);
  });
  it('keeps tests out of what ships', () => {
    assert.match(verdict('device/web/a.ts', `import '../../test/eventually.ts';`)[0] ?? '', /ships with nothing/);
    assert.deepEqual(verdict('device/web/a.test.ts', `import '../../test/eventually.ts';`), []);
  });
  it('finds a circle, of types too', () => {
    const circle = [
      parseSource('device/core/a.ts', `import './b.ts';`),
      parseSource('device/core/b.ts', `import type { A } from './a.ts';`),
    ];
    assert.deepEqual(
      importCycles(circle), ['device/core/a.ts -> device/core/b.ts -> device/core/a.ts: these import each other'],
    );
  });
});
