/** Real file systems for the tests of this room; undefined where the system does not let us mount. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TestDisk extends AsyncDisposable {
  readonly path: string;
  remount(mode: 'ro' | 'rw'): void;
}

/** One of `size` bytes in memory. */
export const smallDisk = (size: number): Promise<TestDisk | undefined> =>
  mounted('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs');

/** One in the file `image`, which holds exactly what a disk would: nothing that was not yet written through. */
export async function formattedDisk(image: string): Promise<TestDisk | undefined> {
  await writeFile(image, '');
  await truncate(image, 24 * 1024 * 1024);
  return run('mkfs.ext4', '-q', '-F', image) ? await mountedImage(image) : undefined;
}

/** The file system in the file `image`. */
export const mountedImage = (image: string): Promise<TestDisk | undefined> => mounted('-o', 'loop', image);

async function mounted(...what: readonly string[]): Promise<TestDisk | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-disk-'));
  if (!run('mount', ...what, folder)) {
    await rm(folder, { recursive: true, force: true });
    return undefined;
  }
  return {
    path: folder,
    remount: (mode) => { run('mount', '-o', `remount,${mode}`, folder); },
    [Symbol.asyncDispose]: async () => {
      run('umount', '-l', folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const run = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;
