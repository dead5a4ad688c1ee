import { deviceRoomsOfFleet, packageHomes, pureRooms, rooms, roots } from './import-table.ts';
import type { Import, SourceFile } from './source-file.ts';

/** @returns A sentence for each import that the table does not allow, starting with `file:line`. */
export function forbiddenImports(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    file.imports.flatMap((each) => {
      const why = each.target === undefined
        ? whyNotPackage(file.path, each.specifier)
        : whyNotFile(file.path, each.target);
      return why === undefined ? [] : [at(file, each, why)];
    }));
}

/** @returns A sentence for each file that a chain of imports leads back to; imports of types count too. */
export function importCycles(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const finished = new Set<string>();
  const visit = (path: string, chain: readonly string[]): readonly string[] => {
    if (chain.includes(path))
      return [`${[...chain.slice(chain.indexOf(path)), path].join(' -> ')}: these import each other`];
    if (finished.has(path)) return [];
    const targets = new Set(byPath.get(path)?.imports.flatMap(({ target }) => target ?? []));
    const found = [...targets].flatMap((target) => visit(target, [...chain, path]));
    finished.add(path);
    return found;
  };
  return files.flatMap(({ path }) => visit(path, []));
}

/** @returns The room that a file lies in; none for a composition root in no room. */
function roomOf(path: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => path.startsWith(`${room}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}

/** Whether `path` is a test, which may bring any rooms together and is imported by nothing. */
export const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.startsWith('test/');

const isRoot = (path: string): boolean => roots.some((pattern) => pattern.test(path));

function whyNotFile(from: string, to: string): string | undefined {
  if (isTest(from)) return undefined;
  if (isTest(to)) return 'is a test or its equipment, which ships with nothing';
  if (isRoot(to) && !isRoot(from)) return 'is a composition root, which only another one may import';
  const [here, there] = [roomOf(from), roomOf(to)];
  if (isRoot(from)) return whyNotFromRoot(from, to, there);
  if (here === undefined) return 'is imported from a folder that is no room: give it one in test/house/import-table.ts';
  if (there === undefined) return 'lies in no room of test/house/import-table.ts';
  if (here === there || rooms[here]?.includes(there)) return undefined;
  return `lies in ${there}, and ${here} may import only ${rooms[here]?.join(', ') || 'itself'}`;
}

function whyNotFromRoot(from: string, to: string, there: string | undefined): string | undefined {
  const half = (path: string): string => path.slice(0, path.indexOf('/'));
  if (half(from) === half(to)) return undefined;
  if (half(from) === 'device') return 'belongs to the fleet, of which a device knows nothing';
  if (there !== undefined && deviceRoomsOfFleet.includes(there)) return undefined;
  return `is not among what the fleet may use of a device: ${deviceRoomsOfFleet.join(', ')}`;
}

function whyNotPackage(from: string, specifier: string): string | undefined {
  if (isTest(from)) return undefined;
  const here = roomOf(from);
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const pure = here === undefined ? undefined : pureRooms[here];
  if (pure !== undefined && !pure.includes(name)) return `is not for ${here}, which is pure`;
  const homes = packageHomes[name];
  if (homes === undefined || (here !== undefined && homes.includes(here))) return undefined;
  return `is only for ${homes.join(', ')}`;
}

const at = (file: SourceFile, { line, specifier }: Import, why: string): string =>
  `${file.path}:${line} "${specifier}" ${why}`;
