/** The vault as one HTTP service, in front of the fleet's page. */
import type { Router } from '@koa/router';
import Koa from 'koa';
import path from 'node:path';
import type { Access } from '../../device/access/access.ts';
import { refuseForeign } from '../../device/access/guards.ts';
import type { TytoEvent } from '../../device/contract/event.ts';
import type { FootageRequests } from '../../device/contract/footage-request.ts';
import { manifestKey } from '../../device/contract/names.ts';
import { describeError } from '../../device/core/errors.ts';
import type { Log } from '../../device/core/log.ts';
import type { Millis } from '../../device/core/units.ts';
import type { Sqlite } from '../../device/durable/sqlite.ts';
import { HttpError, jsonErrors } from '../../device/http/http-error.ts';
import { securityHeaders } from '../../device/http/security-headers.ts';
import type { HttpService } from '../../device/http/serve-http.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import { adminRouter } from './admin/admin-handlers.ts';
import { API, API_ROUTES, API_TUS } from './api/api-routes.ts';
import { apiHandlers, toldInApiMetadata } from './api/api-handlers.ts';
import type { FileSender } from './api/send-file.ts';
import { Doorman } from './door/doorman.ts';
import { DEFAULT_KEY_LIMITS, type KeyLimits } from './door/key-limit.ts';
import { vaultRouter, type VaultRoute } from './door/route.ts';
import { kerberosHandlers, toldInMetadata } from './kerberos/kerberos-handlers.ts';
import { KERBEROS_ROUTES, KERBEROS_TUS } from './kerberos/kerberos-routes.ts';
import { landObject, objectJob, planObject, type LandingParts } from './landing/landing-door.ts';
import { landingHandlers } from './landing/landing-handlers.ts';
import { LANDING_ROUTES, LANDING_TUS } from './landing/landing-routes.ts';
import type { GrantSigner, ProbeClip, VaultLanding, VaultOwners } from './ports.ts';
import { Arrivals } from './registry/arrivals.ts';
import { ownerOf } from './registry/owner-of.ts';
import { OwnerTeller } from './registry/owner-teller.ts';
import { Registry } from './registry/registry.ts';
import { swaggerRouter } from './swagger/swagger-page.ts';
import { Sweeper } from './sweeper.ts';
import { clipJob, landPieces, planClip, type ClipDoor } from './uploads/clip-door.ts';
import { ClipPictures } from './uploads/clip-pictures.ts';
import { listInLanding } from './uploads/list-in-landing.ts';
import { Quotas } from './uploads/quotas.ts';
import { Spool } from './uploads/spool.ts';
import { TusUploads } from './uploads/tus-uploads.ts';

export interface VaultParts extends Pick<FileSender, 'index' | 'library' | 'keys'> {
  /** Where uploads lie until they are whole; on a disk with room for several. */
  readonly folder: string;
  readonly registry: Sqlite;
  readonly access: Access;
  readonly landing: VaultLanding;
  /** Undefined where nobody else files what comes. */
  readonly owners: VaultOwners | undefined;
  readonly signer: GrantSigner | undefined;
  readonly requests: FootageRequests;
  readonly probe: ProbeClip;
  /** The largest upload that is taken. */
  readonly maxBytes: number;
  readonly keyLimits?: KeyLimits;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends what is being put. */
  readonly signal: AbortSignal;
}

/** Every route behind keys; those of the owner are `ADMIN_ROUTES`. */
export const VAULT_ROUTES: readonly VaultRoute[] = [...API_ROUTES, ...KERBEROS_ROUTES, ...LANDING_ROUTES];

const PATHS =
  /^\/(?:landing|swagger|(?:api\/)?(?:storage|ping|devices\/heartbeat)|api\/(?:vault|accounts|device-keys))(?:\/|$)/;
/** Agents are pointed at the root or at `/api`, as their guides have it: both are the same. */
const BELOW_API = /^\/api(?=\/(?:ping|storage(?:\/tus(?:\/[^/?]*)?)?|devices\/heartbeat)\/?(?:\?|$))/;
/** What is streamed: it may take its time. */
const STREAMED = /^(?:PUT|PATCH) |^POST \/(?:storage|landing\/tus|api\/vault\/v1\/tus)/;

export interface Vault {
  /** Answers what is the vault's, and leaves all else to `page`. */
  before(page: HttpService): HttpService;
  /** Keeps accounts to their terms until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  readonly sweeper: Sweeper;
  readonly registry: Registry;
  /** Whose an event in the landing is; undefined for nobody's. */
  readonly ownerOf: (event: TytoEvent) => string | undefined;
}

export async function createVault(parts: VaultParts): Promise<Vault> {
  const { access, landing, signer, probe, index, library, keys, maxBytes, clock, log, signal } = parts;
  const now = (): Millis => clock.now();
  const [registry, arrivals] = [new Registry(parts.registry, now), new Arrivals(parts.registry, now)];
  const owners = new OwnerTeller(parts.owners);
  arrivals.forgetHeld();
  const quotas = new Quotas(arrivals, index);
  const spool = await Spool.open(path.join(parts.folder, 'plain'));
  const clips: ClipDoor = {
    landing, registry, arrivals, owners, index, probe, pictures: new ClipPictures(), signal, quotas, spool, maxBytes,
  };
  const objects: LandingParts = { landing, signer, registry, arrivals, owners, quotas, spool, maxBytes, signal };
  const tus = await TusUploads.open({
    folder: path.join(parts.folder, 'pieces'), arrivals, quotas, maxBytes, now, log,
    land: (upload, file) => {
      const job = jobSchema.parse(upload.job);
      return job.type === 'clip' ? landPieces(upload, job, file, clips) : landObject({ ...upload, file }, job, objects);
    },
  });
  const landingTus = tus.door({ path: LANDING_TUS, plan: planObject });
  const kerberosTus = tus.door({
    path: KERBEROS_TUS, plan: ({ account }, told) => planClip(account, toldInMetadata(told, account, now()), clips),
  });
  const apiTus = tus.door({
    path: API_TUS, plan: ({ account }, told) => planClip(account, toldInApiMetadata(told, account, now()), clips),
  });

  const doorman = new Doorman(registry, parts.keyLimits ?? DEFAULT_KEY_LIMITS);
  const files: FileSender = {
    index, library, keys,
    owns: (account, device) => registry.device(device)?.account === account.name,
    isWaiting: async (device, id) => (
      await listInLanding(landing, manifestKey({ device, id, start_time: Number.parseFloat(id) }), undefined, signal)
    ).entries.length > 0,
  };
  const routers = [
    vaultRouter(API_ROUTES, doorman, apiHandlers({ clips, files, tus: apiTus, requests: parts.requests, now })),
    vaultRouter(KERBEROS_ROUTES, doorman, kerberosHandlers({ clips, files, tus: kerberosTus, now })),
    vaultRouter(LANDING_ROUTES, doorman, landingHandlers(objects, landingTus)),
    adminRouter({ access, registry, quotas, index }),
    swaggerRouter(VAULT_ROUTES),
  ];
  const handle = appOf(routers, log).callback();
  const sweeper = new Sweeper({ registry, arrivals, owners, quotas, index, landing, tus, clock, log });
  return {
    registry, sweeper,
    ownerOf: (event) => ownerOf(event, { registry, arrivals }),
    run: (until) => sweeper.run(until),
    before: (page) => ({
      ...page,
      handle: (request, response) => {
        if (!PATHS.test(pathOf(request.url))) return page.handle(request, response);
        request.url = request.url?.replace(BELOW_API, '');
        void handle(request, response);
      },
      mayBeSlow: (request) =>
        PATHS.test(pathOf(request.url))
        && STREAMED.test(`${request.method ?? ''} ${pathOf(request.url).replace(BELOW_API, '')}`),
    }),
  };
}

const jobSchema = objectJob.or(clipJob);

const pathOf = (url = ''): string => url.split('?')[0] ?? '';

function appOf(routers: readonly Router[], log: Log): Koa {
  const app = new Koa();
  app.on('error', (error) => log.debug('an answer was cut short', { reason: describeError(error) }));
  for (const headers of securityHeaders()) app.use(headers);
  app.use(jsonErrors(log)).use(refuseForeign());
  for (const router of routers) app.use(router.routes());
  app.use(() => {
    throw new HttpError(404, 'http.no-route', `there is no such route; /swagger/index.html lists those below ${API}`);
  });
  return app;
}
