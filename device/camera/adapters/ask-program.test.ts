import assert from 'node:assert/strict';
import { millis } from '../../core/units.ts';
import { askProgram } from './ask-program.ts';

describe('a program that is asked about a camera', () => {
  const { signal } = new AbortController();
  const shell = (script: string, options = {}) => askProgram('sh', ['-c', script], { signal, ...options });

  it('is heard on both outputs, whatever it exits with', async () =>
    assert.deepEqual(await shell('echo one; echo two >&2; exit 3'), { type: 'said', text: 'one\ntwo' }));

  it('that is not installed is told from one that hangs, is ended, or may not be run', async () => {
    assert.deepEqual(await askProgram('no-such-program-anywhere', [], { signal }), { type: 'missing' });
    assert.deepEqual(await shell('echo begun; exec sleep 60', { within: millis(300) }), {
      type: 'silent', why: 'sh gave no answer within 0.3 s',
    });
    assert.deepEqual(await shell('kill -TERM $$'), { type: 'silent', why: 'sh was ended from outside (SIGTERM)' });
    const denied = await askProgram('/dev/null', [], { signal });
    assert.match(denied.type === 'silent' ? denied.why : denied.type, /^\/dev\/null cannot be started: .*EACCES/);
  });

  it('is ended when its answer is not wanted any more', async () => {
    const stop = new AbortController();
    const asking = shell('exec sleep 60', { signal: stop.signal });
    const over = new Error('the device stops');
    stop.abort(over);
    await assert.rejects(asking, over);
  });
});
