import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

describe('warnings on the terminal', () => {
  it('are none of those that libraries set off by themselves, and all others', () => {
    const script = `
      const { quietWarnings } = await import(${JSON.stringify(fileURLToPath(new URL('quiet-warnings.ts', import.meta.url)))});
      quietWarnings();
      process.emitWarning('-17 is a negative number', 'TimeoutNegativeWarning');
      process.emitWarning('received unexpected error', 'MetadataLookupWarning');
      const { EventEmitter } = await import('node:events');
      const listenTooOften = new Function('emitter', 'for (let n = 0; n < 11; n++) emitter.on("theirs", () => {});'
        + '//# sourceURL=/app/node_modules/teeny-request/build/src/index.js');
      listenTooOften(new EventEmitter());
      const ours = new EventEmitter();
      for (let n = 0; n < 11; n++) ours.on('ours', () => {});
      process.emitWarning('the disk is on fire', 'Warning');`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.match(stderr, /11 ours listeners(?:.|\n)*the disk is on fire/);
    assert.doesNotMatch(stderr, /negative number|unexpected error|theirs/);
  });
});
