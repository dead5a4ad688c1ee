import { mkdir } from 'node:fs/promises';
import { ConfigError } from '../core/errors.ts';

/** Makes the folder for recordings, if need be. @throws {ConfigError} `data.unusable` */
export async function makeMediaFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new ConfigError(
      'data.unusable',
      `the folder for recordings ${folder} cannot be made; set TYTO_DATA to a folder that you may write to`, { cause },
    );
  }
}
