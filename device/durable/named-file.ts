/** Files and folders that settings name, looked for at the start: later, what needs one only fails in the log. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { describeError, systemCode } from '../core/errors.ts';

/**
 * @param name - As it was given: a path, absolute or of the working folder.
 * @returns Why `name` cannot be read as what it is to be, with the system's code; undefined where it can.
 */
export async function faultOfNamed(name: string, wanted: 'file' | 'folder' = 'file'): Promise<string | undefined> {
  try {
    const isFolder = (await stat(name)).isDirectory();
    if (isFolder !== (wanted === 'folder'))
      return isFolder ? `${name} is a folder and no file` : `${name} is a file and no folder`;
    await access(name, constants.R_OK);
    return undefined;
  } catch (error) {
    return systemCode(error) === 'ENAMETOOLONG'
      ? `what was given (${name.length} characters, not shown) is too long for the name of a file`
      : describeError(error);
  }
}
