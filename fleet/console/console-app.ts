/** The fleet's page and API as one HTTP service. */
import Koa from 'koa';
import { randomUUID } from 'node:crypto';
import type { Access } from '../../device/access/access.ts';
import { accessRoutes } from '../../device/access/access-routes.ts';
import { refuseForeign } from '../../device/access/guards.ts';
import { tableRouter } from '../../device/access/table-router.ts';
import type { FleetStatusView } from '../../device/contract/fleet-api.ts';
import { TYTO_VERSION } from '../../device/contract/version.ts';
import { describeError } from '../../device/core/errors.ts';
import type { Log } from '../../device/core/log.ts';
import { inSeconds } from '../../device/core/units.ts';
import { HttpError, jsonErrors } from '../../device/http/http-error.ts';
import type { MediaKeys } from '../../device/http/media-keys.ts';
import { securityHeaders } from '../../device/http/security-headers.ts';
import { serveHttp, type HttpService } from '../../device/http/serve-http.ts';
import { loadPage, servePage } from '../../device/http/static-page.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import { BoxPlaces } from '../../device/vault/box-places.ts';
import type { KeyOpener } from '../../device/vault/wrapped-key.ts';
import { forgetPerson, listDevices, listEvents, listPeople, listRejected, showEvent } from './listings.ts';
import { sendLinked } from './media.ts';
import type {
  ConsoleIndex, ConsoleLibrary, ConsoleRequests, ConsoleStatus, ConsoleStorage, ConsoleSubscribers, LinkChecker,
} from './ports.ts';
import { askForFootage, listRequests, showRequest, withdrawRequest } from './request-handlers.ts';
import { CONSOLE_ROUTES } from './routes.ts';
import { ailingReplicas, forwardEvent, hurryReplica, showStorage, validateStorage } from './storage-handlers.ts';
import { ailingSubscribers, listSubscribers, redriveSubscriber } from './subscriber-handlers.ts';

export interface ConsoleParts {
  readonly access: Access;
  readonly index: ConsoleIndex;
  readonly library: ConsoleLibrary;
  readonly links: LinkChecker;
  readonly requests: ConsoleRequests;
  readonly subscribers: ConsoleSubscribers;
  /** See `forget-person.ts`. */
  readonly forget: (name: string, device: string | undefined) => Promise<number>;
  readonly storage: ConsoleStorage;
  /** Open encrypted objects of the library. */
  readonly keys: KeyOpener;
  readonly status: () => ConsoleStatus;
  /** For people: where devices upload to. */
  readonly landing: string;
  /** Where the built page lies. */
  readonly pageFolder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reads the built page; without one the API works and the page says what to do. */
export async function createConsole(parts: ConsoleParts): Promise<HttpService> {
  const { access, log } = parts;
  const app = new Koa();
  app.on('error', (error) => log.debug('an answer was cut short', { reason: describeError(error) }));
  for (const headers of securityHeaders(parts.storage.linkOrigins)) app.use(headers);
  app.use(jsonErrors(log)).use(refuseForeign());
  app.use(accessRoutes(access).routes()).use(consoleRoutes(parts).routes());
  app.use(noSuchRoute).use(servePage(await loadPage(parts.pageFolder)));
  const handle = app.callback();
  return { handle: (req, res) => { void handle(req, res); } };
}

/**
 * Serves the console until `signal` aborts.
 * @throws {ConfigError} `fleet.port-in-use` and its like, naming TYTO_FLEET_PORT.
 */
export const serveConsole = (
  app: HttpService,
  { port, host }: { readonly port: number; readonly host: string },
  until: { readonly signal: AbortSignal; readonly onListening?: (port: number) => void },
): Promise<void> =>
  serveHttp(app, { port, host, setting: 'TYTO_FLEET_PORT', room: 'fleet', connections: MOST_CONNECTIONS }, until);

/** Agents keep one each, and tell every ten seconds that they live. */
const MOST_CONNECTIONS = 4096;

/** In one answer: a person looks at the first. */
const MOST_FOLDERS = 20;

function consoleRoutes(
  { access, index, library, links, requests, subscribers, storage, keys, status, landing, clock, forget }: ConsoleParts,
) {
  const mediaKeys: MediaKeys = {
    open: (recipients, fileId) => keys.open(recipients, fileId), isLocked: async () => false, places: new BoxPlaces(),
    whySealed:
      'it is encrypted, and this console has no key that opens it; TYTO_FLEET_KEY_FILE names the file with the keys',
  };
  const run = randomUUID(); // revisions of two runs are never the same
  return tableRouter(CONSOLE_ROUTES, access, {
    'GET /healthz': (ctx) => { ctx.body = { status: 'ok' }; },
    'GET /readyz': (ctx) => {
      const ready = status().landingTrouble === undefined;
      ctx.status = ready ? 200 : 503;
      ctx.body = { ready };
    },
    'GET /api/status': (ctx) => {
      const { landingTrouble, unreadable, queued, heldBack } = status();
      ctx.body = {
        version: TYTO_VERSION, time: inSeconds(clock.now()), revision: `${run}-${index.revision}`,
        requests_revision: `${run}-${requests.revision}`,
        landing: { place: landing, trouble: landingTrouble ?? null, unreadable: unreadable.slice(0, MOST_FOLDERS) },
        library: { place: storage.place, trouble: storage.trouble ?? null },
        replicas: ailingReplicas(storage), subscribers: ailingSubscribers(subscribers), queued, held_back: heldBack,
      } satisfies FleetStatusView;
    },
    'GET /api/devices': (ctx) => listDevices(ctx, index),
    'GET /api/people': (ctx) => listPeople(ctx, index),
    'DELETE /api/people/:name': (ctx) => forgetPerson(ctx, forget),
    'GET /api/events': (ctx) => listEvents(ctx, index, library),
    'GET /api/events/:device/:id': (ctx) => showEvent(ctx, index, library),
    'GET /api/rejected': (ctx) => listRejected(ctx, index),
    'GET /api/requests': (ctx) => listRequests(ctx, requests),
    'GET /api/requests/:id': (ctx) => showRequest(ctx, requests),
    'POST /api/devices/:device/requests': (ctx) => askForFootage(ctx, requests, index),
    'DELETE /api/requests/:id': (ctx) => withdrawRequest(ctx, requests),
    'GET /api/subscribers': (ctx) => listSubscribers(ctx, subscribers),
    'POST /api/subscribers/:name/redrive': (ctx) => redriveSubscriber(ctx, subscribers),
    'GET /api/stores': (ctx) => showStorage(ctx, storage),
    'POST /api/stores/validate': (ctx) => validateStorage(ctx, storage),
    'POST /api/stores/replicas/:name/hurry': (ctx) => hurryReplica(ctx, storage),
    'POST /api/stores/replicas/:name/events/:device/:id': (ctx) => forwardEvent(ctx, storage, index),
    'GET /media/*key': (ctx) => sendLinked(ctx, { library, keys: mediaKeys }, links),
  });
}

const noSuchRoute: Koa.Middleware = async (ctx, next) => {
  if (/^\/(?:api|media)(?:\/|$)/.test(ctx.path)) throw new HttpError(404, 'http.no-route', 'there is no such route');
  await next();
};
