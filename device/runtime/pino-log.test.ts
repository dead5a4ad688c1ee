import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MODULE = new URL('./pino-log.ts', import.meta.url).href;

/** What a process writes on standard error that logs one warning with `facts`. */
function logged(format: 'text' | 'json', facts: unknown): string {
  const script = `import { createLog } from ${JSON.stringify(MODULE)};
    createLog('watch', '${format}', 'info').child('load').warn('too much', ${JSON.stringify(facts)});`;
  const { status, stderr } = spawnSync(
    process.execPath, ['--input-type=module', '-e', script],
    { encoding: 'utf8', cwd: fileURLToPath(new URL('.', import.meta.url)) },
  );
  assert.equal(status, 0, stderr);
  return stderr;
}

describe('the log of a process', () => {

  it('has a line of text or JSON, with the room in front and the facts behind', () => {
    assert.match(logged('text', { share: 0.9 }), /^\[\d\d:\d\d:\d\d\] WARN: watch\/load: too much \{"share":0\.9\}\n$/);
    const { level, room, msg, share } = JSON.parse(logged('json', { share: 0.9 })) as Record<string, unknown>;
    assert.deepEqual([level, room, msg, share], [40, 'watch/load', 'too much', 0.9]);
  });

  it('stays sound whatever facts are called', () => {
    const facts = { level: 2, time: 7, msg: 'other', room: 'cellar', pid: 1 };
    const text = logged('text', facts);
    assert.match(text, /WARN: watch\/load: too much \{"fact_level":2,"fact_time":7,"fact_msg":"other",/);
    const line = logged('json', facts);
    assert.deepEqual([line.match(/"level":/g)?.length, line.match(/"msg":/g)?.length], [1, 1]);
    const { level, room, msg, fact_level: fact } = JSON.parse(line) as Record<string, unknown>;
    assert.deepEqual([level, room, msg, fact], [40, 'watch/load', 'too much', 2]);
  });
});
