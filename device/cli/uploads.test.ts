import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setAside } from '../../test/web/dead-uploads.ts';
import { doorbellOf } from '../durable/doorbell.ts';

const CLI = path.join(import.meta.dirname, '../cli.ts');

describe('tyto uploads', () => {
  it('lists what was put aside, and has it tried again', async () => {
    const data = await mkdtemp(path.join(tmpdir(), 'tyto-cli-uploads-'));
    try {
      const tyto = (...args: readonly string[]): string =>
        execFileSync(process.execPath, [CLI, 'uploads', ...args], {
          env: { ...process.env, TYTO_DATA: data }, encoding: 'utf8', stdio: 'pipe',
        });
      assert.equal(tyto('list'), 'Nothing was put aside.\n');
      assert.equal(tyto(), tyto('list'));
      const [first = '', second = ''] = setAside(path.join(data, 'uploads.db'), 2);
      const listed = (): readonly string[] =>
        (JSON.parse(tyto('list', '--json')) as {
          readonly dead: readonly { readonly event: string }[];
        }).dead.map(({ event }) => event);
      assert.deepEqual(listed(), [second, first]);
      assert.match(tyto('list'), /HTTP 413/);
      assert.equal(tyto('redrive', first), '1 tried again.\n');
      assert.ok(existsSync(doorbellOf(path.join(data, 'uploads.db'))), 'an uploader at rest hears of it');
      assert.deepEqual(listed(), [second]);
      assert.throws(() => tyto('redrive', first), /no upload of event/);
      assert.equal(tyto('redrive'), '1 tried again.\n');
    } finally {
      await rm(data, { recursive: true });
    }
  });
});
