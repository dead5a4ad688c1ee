import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * The SHA-256 of the content and the names of files: times are not looked at, as `git`
 * changes them and copies lose them.
 *
 * @param {string} base Folder to which names are relative.
 * @param {readonly string[]} paths Files and folders below `base`; one that does not exist counts as such.
 * @param {(path: string) => boolean} [counts] Which files count, by relative path; default all.
 * @returns {string} Lower-case hexadecimal.
 */
export function fingerprint(base, paths, counts = () => true) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((start) => filesBelow(join(base, start)))) {
    const name = relative(base, path);
    if (!counts(name)) continue;
    const content = readFileSync(path);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * Every file below a folder, or the file itself, in the order of their names; none when it does not exist.
 *
 * @param {string} path
 * @returns {string[]}
 */
export function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
