import assert from 'node:assert/strict';
import { eventually } from '../../../test/eventually.ts';
import { LineOutput } from './line-output.ts';

/** An output, and what it has written, a write an entry. */
function recorded(): { readonly output: LineOutput; readonly writes: string[] } {
  const writes: string[] = [];
  return { output: new LineOutput((text) => writes.push(text)), writes };
}

describe('lines of output', () => {
  it('go together where many come at once, in their order', () => {
    const { output, writes } = recorded();
    for (let line = 0; line < 100; line++) output.put(`${line}`);
    output.flush();
    assert.equal(writes.length, 2);
    assert.equal(writes.join(''), Array.from({ length: 100 }, (_, line) => `${line}\n`).join(''));
  });

  it('wait for no other line', async () => {
    const { output, writes } = recorded();
    output.put('one');
    assert.deepEqual(writes, []);
    await eventually('the first line', () => writes.length === 1);
    output.put('two');
    await eventually('the second line', () => writes.length === 2);
    assert.deepEqual(writes, ['one\n', 'two\n']);
  });

  it('are written when their writer is done', () => {
    const { output, writes } = recorded();
    {
      using lines = output;
      lines.put('last');
    }
    assert.deepEqual(writes, ['last\n']);
    output.flush();
    assert.equal(writes.length, 1);
  });

  it('are not tried again when they could not be written: their failure is told once', () => {
    let tries = 0;
    const output = new LineOutput(() => {
      tries++;
      throw new Error('full');
    });
    output.put('one');
    assert.throws(() => output.flush(), /full/);
    output.put('two');
    output[Symbol.dispose]();
    assert.equal(tries, 1);
  });
});
