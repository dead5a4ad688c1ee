import { ConfigError } from '../core/errors.ts';
import { makeFolder } from '../durable/make-folder.ts';

/** Makes the folder for recordings, if need be. @throws {ConfigError} `data.unusable` */
export async function makeMediaFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    throw new ConfigError(
      'data.unusable',
      `the folder for recordings ${folder} cannot be made; set TYTO_DATA to a folder that you may write to`, { cause },
    );
  }
}
