/**
 * What is kept of the owner: `owner.json`, and the keys that let programs look in a file beside it,
 * which an earlier build leaves alone.
 */
import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { describeIssues } from '../contract/event.ts';
import { openJsonFile } from '../durable/json-file.ts';
import { passwordHashSchema } from './password-hash.ts';
import { viewTokenSchema, type ViewToken } from './view-token.ts';

const viewTokens = z.array(viewTokenSchema).readonly();

/**
 * Builds that do not know a field refuse the file: what is new goes elsewhere, or an update could not be rolled back.
 */
const ownerSchema = z.strictObject({
  version: z.literal(1),
  owner: z.strictObject({
    password: passwordHashSchema,
    /** Changes with the password; sessions of another generation are void. */
    generation: z.string().regex(/^[A-Za-z0-9_-]{16}$/),
  }).nullable(),
  /** Sessions that were signed out before they ran out. `until`: unix milliseconds, when they would have. */
  signedOut: z.array(z.strictObject({ id: z.string().max(64), until: z.number().nonnegative() })),
  /** Once stood here, and is moved. */
  viewTokens: viewTokens.optional(),
});
const tokensSchema = z.strictObject({ version: z.literal(1), tokens: viewTokens });

export interface OwnerDocument extends Omit<z.infer<typeof ownerSchema>, 'viewTokens'> {
  readonly viewTokens: readonly ViewToken[];
}

const NOBODY: z.infer<typeof ownerSchema> = { version: 1, owner: null, signedOut: [] };
const NO_TOKENS: readonly ViewToken[] = [];

/** The owner's document on disk. What is read is what was made durable. */
export interface OwnerFile {
  readonly document: OwnerDocument;
  /** Takes effect once durable; a write that fails changes nothing. */
  write(document: OwnerDocument): Promise<void>;
}

/**
 * @param folder - Where the files lie; exists.
 * @throws {ConfigError} When one cannot be understood. It then stays as it is: a damaged file is not "no owner yet",
 * or whoever comes next would own the camera.
 */
export async function openOwnerFile(folder: string): Promise<OwnerFile> {
  const owner = await openKept(path.join(folder, 'owner.json'), NOBODY, ownerSchema, 'remove it to set a new password');
  const keys = await openKept(path.join(folder, 'view-tokens.json'), {
    version: 1, tokens: NO_TOKENS,
  }, tokensSchema, 'remove it to make new access keys');
  const file: OwnerFile = {
    get document() {
      const { viewTokens: left, ...rest } = owner.data;
      return { ...rest, viewTokens: rest.owner === null ? NO_TOKENS : merged(keys.data.tokens, left) };
    },
    async write({ viewTokens: tokens, ...rest }) {
      const before = owner.data;
      const isSame = tokens === keys.data.tokens || tokens.length + keys.data.tokens.length === 0;
      if (!isSame) await keys.write({ version: 1, tokens });
      if (before.viewTokens !== undefined || rest.owner !== before.owner || rest.signedOut !== before.signedOut)
        await owner.write(rest);
    },
  };
  // a full disk keeps nobody out: with the next write, then
  if (owner.data.viewTokens !== undefined) await file.write(file.document).catch(() => {});
  return file;
}

function merged(tokens: readonly ViewToken[], left: readonly ViewToken[] = []): readonly ViewToken[] {
  const added = left.filter(({ id }) => tokens.every((token) => token.id !== id));
  return added.length === 0 ? tokens : [...tokens, ...added];
}

interface Kept<T> { readonly data: T; write(data: T): Promise<void> }

async function openKept<T extends object>(
  file: string, empty: T, schema: z.ZodType<T>, wayOut: string,
): Promise<Kept<T>> {
  const low = await openJsonFile(file, empty, (raw) => {
    const parsed = schema.safeParse(raw);
    if (parsed.success) return parsed.data;
    throw new ConfigError(
      'access.owner-file',
      `${file} is not what Tyto keeps there (${describeIssues(parsed.error)}); put a backup in its place, or ${wayOut}`,
    );
  });
  return {
    get data() { return low.data; },
    async write(data) {
      const before = low.data;
      low.data = data;
      try {
        await low.write();
      } catch (error) {
        low.data = before;
        throw error;
      }
    },
  };
}
