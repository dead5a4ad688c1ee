/** The file that names the stores of a fleet: bring your own. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { describeIssues } from '../../device/contract/event.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { ConfigError } from '../../device/core/errors.ts';
import { forwardSchema } from './forward-rule.ts';
import { specProblems, storeFields, type StoreSpec } from './store-spec.ts';

/** What the other two stores are called. */
const OWN_NAMES = ['library', 'quarantine'];
const NAME = 'must be a name of letters, digits and hyphens';
const replica = z.strictObject({
  ...storeFields, name: z.string(NAME).regex(NAME_PATTERN, NAME), forward: forwardSchema,
});
const stores = z.strictObject({
  library: z.strictObject(storeFields).exactOptional(),
  quarantine: z.strictObject(storeFields).exactOptional(),
  replicas: z.array(replica, 'must be a list').max(32, 'may be 32 at most').readonly().exactOptional(),
}, {
  error: ({ code }) => code === 'invalid_type' ? 'must be an object with library, quarantine and replicas' : undefined,
});

export type ReplicaPlan = Readonly<z.infer<typeof replica>>;
export interface Stores {
  readonly library?: StoreSpec;
  readonly quarantine?: StoreSpec;
  readonly replicas?: readonly ReplicaPlan[];
}

/**
 * What `file` says (or what it is, where it is JSON itself), which holds keys and so is for nobody else to read.
 * @throws {ConfigError} `storage.stores-file` with every problem: where, what was expected. Values
 * are not shown: they may be secrets.
 */
export async function readStoresFile(file: string): Promise<Stores> {
  // where there is no file to name: a function in a cloud
  if (file.trimStart().startsWith('{')) return parseStores(file, 'that TYTO_FLEET_STORES holds');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(
      'storage.stores-file', `the stores file ${file} cannot be read; name it with --stores`, { cause },
    );
  });
  return parseStores(text, file);
}

/** @param where - For messages. @throws {ConfigError} As `readStoresFile`. */
export function parseStores(text: string, where: string): Stores {
  const refuse = (problems: string): ConfigError =>
    new ConfigError('storage.stores-file', `the stores file ${where}: ${problems}`);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    // the parser's own words would quote what may be a secret
    throw refuse('it is not JSON; the guide of the fleet shows one');
  }
  const parsed = stores.safeParse(data);
  if (!parsed.success) throw refuse(describeIssues(parsed.error));
  const { library, quarantine, replicas = [] } = parsed.data;
  const names = replicas.map(({ name }) => name);
  const problems = [
    ...problemsOf('library', library), ...problemsOf('quarantine', quarantine),
    ...replicas.flatMap(({ name: _name, forward: _forward, ...spec }, at) => problemsOf(`replicas.${at}`, spec)),
    ...names.filter((name) => OWN_NAMES.includes(name)).map((name) => `replicas: none may be called "${name}"`),
    ...names.filter((name, at) => names.indexOf(name) !== at)
    .map((name) => `replicas: there are two of the name "${name}"`),
  ];
  if (problems.length > 0) throw refuse(problems.join('; '));
  return parsed.data;
}

const problemsOf = (where: string, spec: StoreSpec | undefined): readonly string[] =>
  spec === undefined ? [] : specProblems(spec).map((problem) => `${where}.${problem}`);
