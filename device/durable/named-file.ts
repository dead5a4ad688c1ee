/** Files and folders that settings name, looked for at the start: later, what needs one only fails in the log. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { describeError, systemCode } from '../core/errors.ts';

/**
 * @param name - As it was given: a path, absolute or of the working folder.
 * @param shown - Whether `name` may be said: not where a secret may stand in its place.
 * @returns Why `name` cannot be read as what it is to be, with the system's code; undefined where it can.
 */
export async function faultOfNamed(
  name: string, wanted: 'file' | 'folder' = 'file', shown: 'shown' | 'hidden' = 'shown',
): Promise<string | undefined> {
  const unsaid = `what was given (${name.length} characters, not shown)`;
  const said = shown === 'shown' ? name : unsaid;
  try {
    const isFolder = (await stat(name)).isDirectory();
    if (isFolder !== (wanted === 'folder'))
      return isFolder ? `${said} is a folder and no file` : `${said} is a file and no folder`;
    await access(name, constants.R_OK);
    return undefined;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENAMETOOLONG') return `${unsaid} is too long for the name of a file`;
    if (shown === 'shown') return describeError(error);
    return `${unsaid} ${code === 'ENOENT' ? `names no ${wanted} that is there` : 'cannot be read'} (${String(code)})`;
  }
}
