import { isTest } from './check-imports.ts';
import type { SourceFile } from './source-file.ts';

/** Rooms where settings come in from the environment, and what other programs are told of it. */
const configRooms = ['device/config/', 'fleet/config/', 'device/runtime/child-environment.ts'];

/** @returns A sentence for each `process.env` outside the rooms that read settings. */
export function strayEnvironmentReads(files: readonly SourceFile[]): readonly string[] {
  const bound = files.filter(({ path }) => !isTest(path) && !configRooms.some((room) => path.startsWith(room)));
  return bound.flatMap((file) =>
    nodesOf(file.program)
      .filter(readsEnvironment)
      .map(({ start }) =>
        `${file.path}:${file.lineOf(start)} process.env is read in device/config and fleet/config only`));
}

/** @returns A sentence for each `let` or `var` at the top of a module: state that nobody owns. */
export function moduleState(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    nodesOf((file.program as { body: unknown }).body, 2)
      .map((node) => (node.type === 'ExportNamedDeclaration' ? node['declaration'] : node))
      .filter((node) => isNode(node) && node.type === 'VariableDeclaration' && node['kind'] !== 'const')
      .map((node) =>
        `${file.path}:${file.lineOf((node as Node).start)} no "let" at the top of a module: give the state an owner`));
}

/**
 * @returns A sentence for each recursive `mkdir`, which never returns where a folder
 * cannot be made in one that is there.
 */
export function endlessFolders(files: readonly SourceFile[]): readonly string[] {
  return files.filter(({ path }) => !isTest(path)).flatMap((file) =>
    nodesOf(file.program).filter(makesParents)
      .map(({ start }) => `${file.path}:${file.lineOf(start)} folders are made by device/durable/make-folder.ts`));
}

const makesParents = (node: Node): boolean =>
  node.type === 'CallExpression' && ['mkdir', 'mkdirSync'].some((name) => named(node['callee'], name))
  && nodesOf(node['arguments']).some((part) => part.type === 'Property' && named(part['key'], 'recursive'));

/** As `.editorconfig` says. */
const LONGEST_LINE = 120;
/** Parts of a line that have no place to break in: a text for people, a statement of SQL, an expression. */
const WHOLE = new Set(['Literal', 'TemplateElement', 'JSXText']);
const LEAST_WHOLE = 40;

/** @returns A sentence for each line that is too long and could be broken. */
export function longLines(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const lines = file.text.split('\n');
    const long = lines.flatMap((line, index) => (line.length > LONGEST_LINE ? [index + 1] : []));
    if (long.length === 0) return [];
    const excused = new Set(nodesOf(file.program).flatMap((node) => linesOfWhole(file, node)));
    return long.filter((line) => !excused.has(line))
      .map((line) => `${file.path}:${line} is longer than ${LONGEST_LINE} signs`);
  });
}

/** The lines on which a part that cannot be broken takes much room. */
function linesOfWhole(file: SourceFile, { type, start, end }: Node): readonly number[] {
  if (!WHOLE.has(type)) return [];
  const first = file.lineOf(start);
  return file.text.slice(start, end).split('\n')
    .flatMap((part, index) => (part.length >= LEAST_WHOLE ? [first + index] : []));
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const readsEnvironment = (node: Node): boolean =>
  (node.type === 'MemberExpression'
    && named(node['object'], 'process')
    && (named(node['property'], 'env') || isText(node['property'], 'env')))
  || (node.type === 'ImportSpecifier' && named(node['imported'], 'env'));

const named = (node: unknown, name: string): boolean =>
  isNode(node) && node.type === 'Identifier' && node['name'] === name;

const isText = (node: unknown, text: string): boolean =>
  isNode(node) && node.type === 'Literal' && node['value'] === text;

/** Every node of a tree, down to `depth` levels of objects and lists. */
function nodesOf(tree: unknown, depth = Number.POSITIVE_INFINITY): readonly Node[] {
  if (depth === 0 || typeof tree !== 'object' || tree === null) return [];
  const below = Object.values(tree).flatMap((value) => nodesOf(value, depth - 1));
  return isNode(tree) ? [tree, ...below] : below;
}
