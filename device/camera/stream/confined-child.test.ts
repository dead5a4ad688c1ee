import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import {
  asStranger, CONFINED_IF_POSSIBLE, findConfinement, spawnConfined, type Confinement,
} from './confined-child.ts';
import { readable } from './picture-output.ts';

/** What the kernel says of a program that is started so. */
async function kernelSays(confinement: Confinement, file: 'status' | 'environ'): Promise<string> {
  const child = spawnConfined(confinement, 'cat', [`/proc/self/${file}`], ['ignore', 'pipe', 'inherit']);
  return text(readable(child, 1));
}
const statusOf = (confinement: Confinement): Promise<string> => kernelSays(confinement, 'status');

describe('a confinement that the shell tries out', function () {
  before(function () { if (process.platform !== 'linux') this.skip(); });

  it('is the one that is found out before, where the system knows it', async () => {
    const rights = (status: string): readonly string[] => status.match(/^(NoNewPrivs|Cap\w+|[UG]id):.*$/gm) ?? [];
    const found = rights(await statusOf(await findConfinement()));
    assert.ok(found.length > 0);
    assert.deepEqual(rights(await statusOf(CONFINED_IF_POSSIBLE)), found);
  });

  it('tells a stranger no more of our environment than no shell would', async () => {
    const told = async (confinement: Confinement): Promise<readonly string[]> =>
      (await kernelSays(asStranger(confinement), 'environ')).split('\0').toSorted();
    assert.deepEqual(await told(CONFINED_IF_POSSIBLE), await told([]));
  });

  it('is none where the system does not know it', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-programs-'));
    try {
      for (const name of ['sh', 'cat']) {
        await symlink(execFileSync('which', [name], { encoding: 'utf8' }).trim(), path.join(folder, name));
      }
      assert.match(await statusOf(['env', `PATH=${folder}`, ...CONFINED_IF_POSSIBLE]), /^NoNewPrivs:\s*0$/m);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
