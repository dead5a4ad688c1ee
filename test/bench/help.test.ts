import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

describe('the help of the benchmark', () => {
  it('needs no package, not even those that it measures with', () => {
    const alone = mkdtempSync(path.join(tmpdir(), 'tyto-bench-help-'));
    try {
      cpSync(import.meta.dirname, alone, { recursive: true });
      const help = execFileSync(process.execPath, [path.join(alone, 'main.ts'), '--help'], { encoding: 'utf8' });
      assert.match(help, /npm run bench -- \[SECTION\.\.\.\]/u);
      assert.match(help, /^ {2}motion +objects found/mu);
    } finally {
      rmSync(alone, { recursive: true });
    }
  });
});
