/** The device's page and API as one HTTP service. */
import Koa from 'koa';
import { z } from 'zod';
import type { Access } from '../access/access.ts';
import { accessRoutes, readBody } from '../access/access-routes.ts';
import { mayStillView, refuseForeign } from '../access/guards.ts';
import { tableRouter } from '../access/table-router.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { inSeconds, type Millis } from '../core/units.ts';
import type { HandedConnections } from '../http/handed-connections.ts';
import { HttpError, jsonErrors } from '../http/http-error.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { serveHttp, type HttpService } from '../http/serve-http.ts';
import { loadPage, servePage } from '../http/static-page.ts';
import { currentMask } from '../media/current-mask.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ArmedView } from '../contract/device-api.ts';
import { deleteEvent, showLedger, starEvent } from './archive-handlers.ts';
import { arm } from './arm.ts';
import { commandHandlers } from './command-handlers.ts';
import { listEvents, sendEventMedia, showEvent } from './event-handlers.ts';
import { healthOf, healthStatus, PAGE_PORT } from './health.ts';
import type { LiveHub } from './live-hub.ts';
import { LiveSocket } from './live-socket.ts';
import { LiveStill } from './live-still.ts';
import { metricsHandler } from './metrics/metrics-handler.ts';
import { LiveMjpeg } from './mjpeg/live-mjpeg.ts';
import { outputHandlers } from './output-handlers.ts';
import { peopleHandlers } from './people-handlers.ts';
import { changePlaces, placesView } from './places-handlers.ts';
import type { DeviceBus, EventArchive, OutputsKeeper, PeopleKeeper, PlacesKeeper, UploadsKeeper } from './ports.ts';
import { listRecordings, sendRecording } from './recording-handlers.ts';
import { DEVICE_ROUTES } from './routes.ts';
import { stateView, type DeviceFacts } from './state-view.ts';
import { tokenHandlers } from './token-handlers.ts';
import { updates } from './updates.ts';
import { uploadHandlers } from './upload-handlers.ts';

export interface WebDeps {
  readonly facts: DeviceFacts;
  readonly access: Access;
  readonly archive: EventArchive;
  readonly bus: DeviceBus;
  readonly hub: LiveHub;
  /** Zones, lines and masks. */
  readonly places: PlacesKeeper;
  readonly people: PeopleKeeper;
  readonly outputs: OutputsKeeper;
  readonly uploads: UploadsKeeper;
  /** Where the built page lies. */
  readonly pageFolder: string;
  readonly clock: Clock;
  /** Whether its wall clock can be believed. */
  readonly clockSynced: () => boolean;
  readonly log: Log;
  /** As `LiveMjpegOptions.patience`. */
  readonly mjpegPatience?: Millis;
}

const armedBody = z.strictObject({ armed: z.boolean() });

/** Reads the built page; without one the API works and the page says what to do. */
export async function createWebApp(deps: WebDeps): Promise<HttpService> {
  const { access, hub, log } = deps;
  const app = new Koa();
  app.on('error', (error) => log.debug('an answer was cut short', { reason: describeError(error) }));
  for (const headers of securityHeaders()) app.use(headers);
  app.use(jsonErrors(log)).use(refuseForeign());
  app.use(accessRoutes(access).routes()).use(deviceRoutes(deps).routes());
  app.use(noSuchRoute).use(servePage(await loadPage(deps.pageFolder)));
  const handle = app.callback();
  const live = new LiveSocket({ access, hub });
  return {
    handle: (req, res) => { void handle(req, res); },
    upgrade: (req, socket, head) => live.upgrade(req, socket, head),
  };
}

/**
 * Serves the page until `signal` aborts.
 * @throws {ConfigError} `web.port-in-use` and its like, naming TYTO_WEB_PORT.
 */
export const serveWeb = (app: HttpService, { port, host }: { readonly port: number; readonly host: string }, until: {
  readonly signal: AbortSignal; readonly onListening?: (port: number) => void; readonly handed?: HandedConnections;
}): Promise<void> => serveHttp(app, { port, host, ...PAGE_PORT }, until);

function deviceRoutes({
  facts, access, archive, bus, hub, places, people, outputs, uploads, clock, clockSynced, log, mjpegPatience: patience,
}: WebDeps) {
  const state = () => stateView(facts, bus, clock);
  const mask = currentMask(() => places.current.privacy_masks);
  const still = new LiveStill({ hub, clock, mask });
  const mjpeg = new LiveMjpeg({
    hub, clock, mask, log: log.child('mjpeg'), ...(patience === undefined ? {} : { patience }),
  });
  return tableRouter(DEVICE_ROUTES, access, {
    'GET /healthz': (ctx) => {
      const health = healthOf(bus.cameraSilence(), bus.camera()?.loss ?? null);
      ctx.status = healthStatus(health);
      ctx.body = health;
    },
    'GET /readyz': (ctx) => {
      const ready = bus.connected && bus.camera() !== undefined;
      ctx.status = ready ? 200 : 503;
      ctx.body = { ready };
    },
    'GET /metrics': metricsHandler({ state, bus, archive, hub, clock, clockSynced }),
    'GET /api/state': (ctx) => { ctx.body = state(); },
    'PUT /api/armed': async (ctx) => {
      const { armed } = readBody(ctx, armedBody);
      await arm(bus, armed);
      ctx.body = { armed } satisfies ArmedView;
    },
    ...commandHandlers(bus),
    'GET /api/places': (ctx) => { ctx.body = placesView(places, bus); },
    'PUT /api/places': (ctx) => changePlaces(ctx, places, bus),
    ...peopleHandlers(people, archive),
    ...outputHandlers(outputs),
    ...uploadHandlers({ uploads, bus }),
    'GET /api/events': (ctx) => listEvents(ctx, archive),
    'GET /api/events/:id': (ctx) => showEvent(ctx, archive),
    'DELETE /api/events/:id': (ctx) => deleteEvent(ctx, archive),
    'PUT /api/events/:id/star': (ctx) => starEvent(ctx, archive),
    'GET /api/events/:id/clip.mp4': (ctx) => sendEventMedia(ctx, archive, 'clip'),
    'GET /api/events/:id/snapshot.jpg': (ctx) => sendEventMedia(ctx, archive, 'snapshot'),
    'GET /api/events/:id/thumbnail.jpg': (ctx) => sendEventMedia(ctx, archive, 'thumbnail'),
    'GET /api/events/:id/preview.mp4': (ctx) => sendEventMedia(ctx, archive, 'preview'),
    'GET /api/recordings': (ctx) => listRecordings(ctx, archive),
    'GET /api/recordings/:name': (ctx) => sendRecording(ctx, archive),
    'GET /api/ledger': (ctx) => showLedger(ctx, archive, inSeconds(clock.now())),
    'GET /api/snapshot.jpg': async (ctx) => {
      ctx.body = Buffer.from(await still.jpeg());
      ctx.type = 'image/jpeg';
    },
    'GET /api/live.mjpeg': mjpeg.watch((request) =>
      ({ holds: mayStillView(access, request), onEnd: (listener) => access.onSessionsEnded(listener) })),
    ...tokenHandlers(access),
    'GET /api/updates': updates({ access, bus, state }),
    'GET /api/live': (ctx) => {
      ctx.set('Upgrade', 'websocket');
      throw new HttpError(426, 'http.websocket', 'this route speaks WebSocket');
    },
  });
}

const noSuchRoute: Koa.Middleware = async (ctx, next) => {
  if (ctx.path === '/api' || ctx.path.startsWith('/api/'))
    throw new HttpError(404, 'http.no-route', 'there is no such route');
  await next();
};
