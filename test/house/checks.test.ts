import { existsSync } from 'node:fs';
import { runCheck } from './run-check.ts';

describe('the checks', () => {
  it('find no fault with the style (oxlint)', () => runCheck('oxlint/bin/oxlint', ['--quiet', '-f', 'unix']))
    .timeout(300_000);

  it('find no fault with the types (tsc)', () => runCheck('typescript/bin/tsc', ['-p', 'tsconfig.json']))
    .timeout(300_000);

  it('compile core and contract without Node.js', () => runCheck('typescript/bin/tsc', ['-p', 'tsconfig.pure.json']))
    .timeout(300_000);

  for (const page of ['device/web/ui', 'fleet/console/ui']) {
    if (!existsSync(`${page}/tsconfig.json`)) continue;
    it(`find no fault with the types of the page in ${page}`, () =>
      runCheck('typescript/bin/tsc', ['--noEmit', '-p', page]))
      .timeout(300_000);
  }
});
