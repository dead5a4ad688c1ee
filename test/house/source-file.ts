import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync } from 'vite';

/** One file of our code, parsed. */
export interface SourceFile {
  /** Relative to the project's root, with slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly text: string;
  /** The syntax tree, as ESTree. */
  readonly program: unknown;
  /** @returns The line, from 1, of a position in the text. */
  lineOf(position: number): number;
}

export interface Import {
  /** As written: `../core/units.ts`, `node:fs`, `zod`. */
  readonly specifier: string;
  /** The file that it means, relative to the project's root; none for a package or a Node.js module. */
  readonly target: string | undefined;
  readonly line: number;
}

/** Every TypeScript file below `device` and `fleet`, the pages' included. */
export const ourSources = (): readonly SourceFile[] => sourcesAt(['device/**/*.{ts,tsx}', 'fleet/**/*.{ts,tsx}']);

/** Every file of code that tests and benches have for themselves, and what starts them. */
export const ourTestSources = (): readonly SourceFile[] => sourcesAt(['test/**/*.ts', 'tools/**/*.{ts,js}']);

const sourcesAt = (patterns: readonly string[]): readonly SourceFile[] =>
  globSync(patterns)
    .filter((path) => !path.includes('node_modules'))
    .toSorted()
    .map((path) => parseSource(path, readFileSync(path, 'utf8')));

/** @throws {Error} When `text` is no TypeScript; the message has the first mistake. */
export function parseSource(path: string, text: string): SourceFile {
  const { errors, module, program } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  const lineOf = (position: number): number => text.slice(0, position).split('\n').length;
  const written = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest ?? [])),
    // Of a dynamic import only one with its name written out can be checked.
    ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const name = /^['"`](.*)['"`]$/.exec(text.slice(start, end))?.[1];
      return name === undefined ? [] : [{ value: name, start }];
    }),
  ];
  const imports = written.map(({ value, start }) => ({
    specifier: value,
    target: value.startsWith('.') ? posix.join(posix.dirname(path), value) : undefined,
    line: lineOf(start),
  }));
  return { path, imports, text, program, lineOf };
}
