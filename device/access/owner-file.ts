import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { describeIssues } from '../contract/event.ts';
import { openJsonFile } from '../durable/json-file.ts';
import { passwordHashSchema } from './password-hash.ts';
import { viewTokenSchema } from './view-token.ts';

const ownerDocumentSchema = z.strictObject({
  version: z.literal(1),
  owner: z.strictObject({
    password: passwordHashSchema,
    /** Changes with the password; sessions of another generation are void. */
    generation: z.string().regex(/^[A-Za-z0-9_-]{16}$/),
  }).nullable(),
  /** Sessions that were signed out before they ran out. `until`: unix milliseconds, when they would have. */
  signedOut: z.array(z.strictObject({ id: z.string().max(64), until: z.number().nonnegative() })),
  viewTokens: z.array(viewTokenSchema).readonly().default([]),
});
export type OwnerDocument = Readonly<z.infer<typeof ownerDocumentSchema>>;

const NOBODY: OwnerDocument = { version: 1, owner: null, signedOut: [], viewTokens: [] };

/** The owner's document on disk. What is read is what was made durable. */
export interface OwnerFile {
  readonly document: OwnerDocument;
  /** Takes effect once durable; a write that fails changes nothing. */
  write(document: OwnerDocument): Promise<void>;
}

/**
 * @throws {ConfigError} When `file` cannot be understood. It then stays as it is: a damaged file is not "no owner yet",
 * or whoever comes next would own the camera.
 */
export async function openOwnerFile(file: string): Promise<OwnerFile> {
  const low = await openJsonFile(file, NOBODY, (raw) => decode(file, raw));
  return {
    get document() { return low.data; },
    async write(document) {
      const before = low.data;
      low.data = document;
      try {
        await low.write();
      } catch (error) {
        low.data = before;
        throw error;
      }
    },
  };
}

function decode(file: string, raw: unknown): OwnerDocument {
  const parsed = ownerDocumentSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ConfigError('access.owner-file',
    `${file} is not the owner's file (${describeIssues(parsed.error)}); put a backup in its place, or remove it to set a new password`);
}
