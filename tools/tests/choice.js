import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { testFiles } from './batches.js';

/** Options of mocha whose value is the next argument, and may be the name of a folder. */
const WITH_VALUE = new Set(['--grep', '-g', '--fgrep', '-f']);

/**
 * What mocha is to be given for the arguments of `npm test -- …`: all tests below each folder that is named, for
 * mocha would load whatever lies in it, programs too, and nothing of what is deeper; all tests where no file is named.
 *
 * @param {readonly string[]} args
 * @param {string} root Folder of the project.
 * @returns {string[]}
 */
export function chosen(args, root) {
  const all = testFiles(root);
  let namesFiles = false;
  const found = args.flatMap((arg, index) => {
    if (arg.startsWith('-') || WITH_VALUE.has(args[index - 1] ?? '')) return [arg];
    const place = join(root, arg);
    const isThere = existsSync(place);
    namesFiles ||= isThere || arg.endsWith('.ts');
    if (!isThere || !statSync(place).isDirectory()) return [arg];
    const folder = arg.replace(/^\.\//, '').replace(/\/+$/, '');
    const below = all.filter((file) => file.startsWith(`${folder}/`));
    return below.length > 0 ? below : [arg]; // mocha says that there are none
  });
  return namesFiles ? found : [...all, ...found];
}
