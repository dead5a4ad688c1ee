import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

const module = JSON.stringify(new URL('./role.ts', import.meta.url).href);

describe('the life of a process', () => {
  const ended = (task: string): readonly [code: number | null, said: string] => {
    const program = `import { writeFile } from 'node:fs/promises';
      import { runRole } from ${module};
      await runRole(async () => { ${task} });`;
    const { status, stderr } = spawnSync(
      process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' },
    );
    return [status, stderr];
  };

  it('says in one line what the machine refuses, and shows where only for what is our mistake', () => {
    assert.deepEqual(ended(`await writeFile('/dev/full', 'x');`), [69, 'tyto: the disk is full (ENOSPC)\n']);
    const [code, said] = ended('undefined.owl;');
    assert.equal(code, 70);
    assert.match(said, /^tyto: TypeError: .*\n +at /);
  });
});
