/** Takes clips of others than our own devices, in one piece or in many. */
import type { Context } from 'koa';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { VaultIndex } from '../ports.ts';
import type { Account } from '../registry/registry.ts';
import type { Upload } from '../registry/arrivals.ts';
import { claimDevice } from './claim-device.ts';
import { landClip, type ClipLanding, type LandedClip } from './land-clip.ts';
import type { Quotas } from './quotas.ts';
import type { Spool } from './spool.ts';
import type { ToldClip } from './told-clip.ts';
import { readContentLength } from './tus-headers.ts';
import type { Plan } from './tus-uploads.ts';

export interface ClipDoor extends ClipLanding {
  readonly index: VaultIndex;
  readonly quotas: Quotas;
  readonly spool: Spool;
  readonly maxBytes: number;
}

const told = z.strictObject({
  device: z.string(), camera: z.string(), fileName: z.string(), at: z.number(), score: z.number(), source: z.string(),
  region: z.tuple([z.number(), z.number(), z.number(), z.number()]).readonly().nullable(),
}) satisfies z.ZodType<ToldClip>;
/** Kept while an upload in pieces is under way. */
export const clipJob = z.strictObject({ type: z.literal('clip'), told });

/** The body of a request. Durable in the landing when it resolves. @throws {HttpError} */
export async function takeClip(ctx: Context, account: Account, clip: ToldClip, door: ClipDoor): Promise<LandedClip> {
  const { arrivals, quotas, spool, maxBytes } = door;
  const bytes = readContentLength(ctx.get('Content-Length'), maxBytes);
  await claimDevice(clip.device, account.name, door);
  using held = new DisposableStack();
  held.use(await quotas.reserve(account, bytes, () => arrivals.hold(account.name, clip.device, bytes)));
  await using spooled = await spool.take(ctx.req, bytes);
  return await landClip({ account: account.name, told: clip, ...spooled }, door);
}

/** What is made of a clip that comes in pieces. @throws {HttpError} 409 */
export async function planClip(
  account: Account, clip: ToldClip, door: Pick<ClipDoor, 'registry' | 'index'>,
): Promise<Plan> {
  await claimDevice(clip.device, account.name, door);
  return { device: clip.device, job: { type: 'clip', told: clip } satisfies z.infer<typeof clipJob> };
}

/** Lands what came in pieces. */
export async function landPieces(
  { account, bytes }: Upload, job: z.infer<typeof clipJob>, file: string, door: ClipLanding,
): Promise<LandedClip> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return landClip({ account, told: job.told, file, bytes, sha256: hash.digest('hex') }, door);
}
