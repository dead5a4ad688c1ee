import assert from 'node:assert/strict';
import { ProgressLine } from './progress-line.ts';

/** What stands on the screen after what was written to it: a line that is cleared is gone. */
const screen = (written: string): string =>
  written.split('\n').map((line) => line.slice(Math.max(0, line.lastIndexOf('\r\x1b[K')))
    .replace('\r\x1b[K', '')).join('\n');

describe('the line that says how far a command is', () => {
  const of = { files: 56, bytes: 1000 };

  it('stands below what is said, tells what is left, and is gone at the end', () => {
    let written = '';
    let now = 0;
    const terminal = { isTTY: true, write: (text: string) => { written += text; } };
    const line = new ProgressLine(of, terminal, () => now);
    assert.equal(screen(written), '0 of 56 files, 0 %');
    now = 4000;
    line.done(20, () => terminal.write('a.mp4: intact\n'));
    assert.equal(screen(written), 'a.mp4: intact\n1 of 56 files, 2 %');
    now = 10_000;
    line.done(80);
    assert.equal(screen(written), 'a.mp4: intact\n2 of 56 files, 10 %, about 2 min to go');
    now = 50_000;
    line.done(400);
    assert.equal(screen(written), 'a.mp4: intact\n3 of 56 files, 50 %, about 50 s to go');
    line[Symbol.dispose]();
    assert.equal(screen(written), 'a.mp4: intact\n');
  });

  it('is not written where no terminal shows it', () => {
    const written: string[] = [];
    const line = new ProgressLine(of, { write: (text) => written.push(text) });
    line.done(10, () => written.push('a.mp4: intact'));
    line[Symbol.dispose]();
    assert.deepEqual(written, ['a.mp4: intact']);
  });
});
