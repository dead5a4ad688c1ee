/**
 * The landing over HTTP, for our own devices: list, put, and nothing else. Whoever holds a device's key
 * reads nothing and deletes nothing.
 */
import type { Context } from 'koa';
import { z } from 'zod';
import { inSeconds } from '../../../device/core/units.ts';
import { HttpError } from '../../../device/http/http-error.ts';
import type { Caller } from '../door/doorman.ts';
import type { GrantSigner, VaultLanding } from '../ports.ts';
import type { Arrivals } from '../registry/arrivals.ts';
import type { OwnerTeller } from '../registry/owner-teller.ts';
import type { Registry } from '../registry/registry.ts';
import { GRANT_LASTS, MAX_PLAIN_OBJECT } from '../uploads/limits.ts';
import { listInLanding } from '../uploads/list-in-landing.ts';
import { putIntoLanding } from '../uploads/put-into-landing.ts';
import type { Quotas } from '../uploads/quotas.ts';
import type { Spool } from '../uploads/spool.ts';
import { readContentLength } from '../uploads/tus-headers.ts';
import type { Plan } from '../uploads/tus-uploads.ts';
import { checkDeviceKey, checkDevicePrefix } from './landing-key.ts';

export interface LandingParts {
  readonly landing: VaultLanding;
  /** Undefined where the landing is no store that signs. */
  readonly signer: GrantSigner | undefined;
  readonly registry: Registry;
  readonly arrivals: Arrivals;
  readonly owners: OwnerTeller;
  readonly quotas: Quotas;
  readonly spool: Spool;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export type DeviceCaller = Caller & { readonly device: string };

const OBJECTS = '/landing/objects/';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'the SHA-256 in 64 lower-case hexadecimal digits');
const contentType = z.enum(['image/jpeg', 'video/mp4', 'application/json', 'application/octet-stream']);
export const landingQuery = z.strictObject({
  prefix: z.string().max(900).meta({
    description: 'What keys begin with: the name of the device and a slash, at least',
  }),
  cursor: z.string().min(1).max(2048).optional().meta({ description: '`next` of the answer before' }),
});
export const grantBody = z.strictObject({
  key: z.string().max(900), bytes: z.number().int().positive(), sha256, content_type: contentType,
});
const objectHeaders = z.object({ 'x-tyto-sha256': sha256 });
const tusMetadata = z.object({ key: z.string(), sha256, contenttype: contentType.default('application/octet-stream') });

/** Kept while an upload in pieces is under way. */
export const objectJob = z.strictObject({ type: z.literal('object'), key: z.string(), sha256, contentType });

/** `GET /landing` */
export async function listLanding(
  ctx: Context, { device }: DeviceCaller, query: z.infer<typeof landingQuery>, { landing, signal }: LandingParts,
): Promise<void> {
  const prefix = checkDevicePrefix(query.prefix, device);
  const { entries, next } = await listInLanding(landing, prefix, query.cursor, signal);
  ctx.body = {
    entries: entries.map(({ key, bytes, modifiedAt }) => ({ key, bytes, modified_at: inSeconds(modifiedAt) })),
    next: next ?? null,
  };
}

/** `POST /landing/grants` */
export async function grantPut(
  ctx: Context, { account, device }: DeviceCaller, body: z.infer<typeof grantBody>,
  { signer, maxBytes, quotas, arrivals }: LandingParts,
): Promise<void> {
  if (signer === undefined)
    throw new HttpError(
      404, 'grants.none', 'this landing gives no leave to put directly; use /landing/objects or /landing/tus',
    );
  const key = checkDeviceKey(body.key, device);
  if (body.bytes > maxBytes)
    throw new HttpError(413, 'vault.too-large', `this has ${body.bytes} bytes, and at most ${maxBytes} are taken here`);
  await quotas.reserve(account, body.bytes, () => arrivals.expect(key, account.name, body.bytes, GRANT_LASTS));
  const { method, url, headers, expiresAt } = await signer.signPut(
    key, { bytes: body.bytes, sha256: body.sha256, contentType: body.content_type }, GRANT_LASTS,
  );
  ctx.status = 201;
  ctx.body = { method, url, headers, expires_at: inSeconds(expiresAt) };
}

/** `PUT /landing/objects/<key>`: up to 8 MiB. 204 when it is durable in the landing. */
export async function putObject(ctx: Context, { account, device }: DeviceCaller, parts: LandingParts): Promise<void> {
  const { landing, registry, arrivals, quotas, spool, signal } = parts;
  const key = checkDeviceKey(ctx.path.slice(OBJECTS.length), device);
  const announced = objectHeaders.safeParse(ctx.headers);
  if (!announced.success)
    throw new HttpError(
      400, 'landing.no-hash',
      'the header x-tyto-sha256 must hold the SHA-256 of the object in 64 lower-case hexadecimal digits',
    );
  // an object may say all that it has to say by its name
  const bytes = readContentLength(ctx.get('Content-Length'), MAX_PLAIN_OBJECT, 0);
  using held = new DisposableStack();
  held.use(await quotas.reserve(account, bytes, () => arrivals.hold(account.name, device, bytes)));
  await using spooled = await spool.take(ctx.req, bytes);
  const type = contentType.safeParse(ctx.request.type).data ?? 'application/octet-stream';
  await putIntoLanding(landing, key, {
    content: { file: spooled.file }, bytes, sha256: announced.data['x-tyto-sha256'], contentType: type,
  }, signal);
  arrivals.expect(key, account.name, bytes);
  registry.saw(device, undefined);
  ctx.status = 204;
}

/** What is made of an upload at `/landing/tus/`. */
export function planObject({ device = '' }: Caller, metadata: ReadonlyMap<string, string>): Plan {
  const told = tusMetadata.safeParse(Object.fromEntries(metadata));
  if (!told.success)
    throw new HttpError(
      400, 'tus.metadata', 'Upload-Metadata must hold `key` and `sha256`, and may hold `contenttype`',
    );
  const key = checkDeviceKey(told.data.key, device);
  const job = { type: 'object', key, sha256: told.data.sha256, contentType: told.data.contenttype } as const;
  return { device, job: job satisfies z.infer<typeof objectJob> };
}

/** Puts what came in pieces. */
export async function landObject(
  { account, device, bytes, file }: {
    readonly account: string; readonly device: string; readonly bytes: number; readonly file: string;
  },
  job: z.infer<typeof objectJob>,
  { landing, registry, arrivals, signal }: Pick<LandingParts, 'landing' | 'registry' | 'arrivals' | 'signal'>,
): Promise<null> {
  await putIntoLanding(
    landing, job.key, { content: { file }, bytes, sha256: job.sha256, contentType: job.contentType }, signal,
  );
  arrivals.expect(job.key, account, bytes);
  registry.saw(device, undefined);
  return null;
}
