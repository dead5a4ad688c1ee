/** The `web` process: the device's page and API. */
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { Access } from '../access/access.ts';
import { ArchiveCaller } from '../archive/archive-caller.ts';
import { ArchiveReader } from '../archive/archive-reader.ts';
import type { RecordingRow } from '../archive/archive-view.ts';
import { PlacesStore } from '../config/places-store.ts';
import { dayOfMediaFile } from '../contract/media-path.ts';
import type { SegmentView } from '../contract/device-api.ts';
import { downloadName } from '../contract/event-file-name.ts';
import type { TytoEvent } from '../contract/event.ts';
import { OutputsCaller } from '../outputs/outputs-caller.ts';
import { TYTO_VERSION } from '../contract/version.ts';
import { millis, minutes, seconds, type Millis } from '../core/units.ts';
import { LiveClient } from '../live/live-client.ts';
import { liveSocketPath } from '../live/socket-path.ts';
import { namedPeople } from '../named-people.ts';
import { systemClock } from '../runtime/clock.ts';
import { offerRests } from '../runtime/offer-rests.ts';
import { reportReady, runRole } from '../runtime/role.ts';
import { supervise } from '../runtime/supervise.ts';
import { startRole, type Places } from '../start-role.ts';
import { QueueReader } from '../uploader/queue-reader.ts';
import { deadUploads, redrive } from '../uploader/redrive.ts';
import { OWNER_KEYS_FILE } from '../vault/owner-keys.ts';
import { OwnerVault } from '../vault/owner-vault.ts';
import { clockIsSynced } from '../watch/clock-quality.ts';
import { DeviceView } from './device-view.ts';
import { HEALTH_PATHS, type DoorNews } from './health.ts';
import { LiveHub } from './live-hub.ts';
import { HandedConnections } from '../http/handed-connections.ts';
import { pageAddresses } from '../http/page-address.ts';
import { Visits } from '../http/visits.ts';
import type { MediaKeys } from '../http/media-keys.ts';
import type { EventArchive } from './ports.ts';
import { createWebApp, serveWeb } from './web-app.ts';

/** The build puts the page beside this file; when the sources run as they are, it is in the build. */
const PAGE = fileURLToPath(import.meta.url.endsWith('.ts')
  ? new URL('../../dist/device/web/page', import.meta.url)
  : new URL('./page', import.meta.url));
const LONGEST_PRE_ROLL = minutes(2);
const EXTENSIONS = { clip: 'mp4', snapshot: 'jpg', thumbnail: 'thumb.jpg', preview: 'preview.mp4' } as const;

/** Nobody has the page open for this long: the process that answers there is not needed. */
const REST_AFTER = minutes(2);
/** Nor where it has only been started for a mistake to show: who comes at all comes at once, or some day. */
const REST_UNVISITED_AFTER = seconds(5);

await runRole(async (signal) => {
  const handed = new HandedConnections(process);
  const { settings, device, log, topics, place, joinBus } = await startRole('web');
  await using bus = joinBus();
  const view = new DeviceView({ bus, topics, camera: settings.camera.name, clock: systemClock, log });
  view.open(await pulseOf(handed));
  using reader = new ArchiveReader(place.archive, log);
  const hub = new LiveHub({ clock: systemClock });
  const live = new LiveClient({
    path: liveSocketPath(place.data), listener: hub, clock: systemClock, log: log.child('live'),
  });
  const vault = new OwnerVault({
    file: path.join(place.data, OWNER_KEYS_FILE), makes: settings.recording.encryption === 'on', log,
  });
  const access = await Access.open({ folder: place.data, clock: systemClock, secrets: vault });
  const keeper = new ArchiveCaller(place.archiveSocket);
  const app = await createWebApp({
    facts: { device, version: TYTO_VERSION }, access,
    archive: eventArchive(reader, keeper, { ...place, keys: vault, fileNames: settings.recording.file_names }),
    bus: view, hub,
    places: await PlacesStore.open(), people: namedPeople(place.people, keeper, log.child('people')),
    outputs: new OutputsCaller(place.outputsSocket, settings.outputs.length > 0),
    uploads: { dead: (limit) => deadUploads(place.uploads, limit), redrive: (event) => redrive(place.uploads, event) },
    pageFolder: PAGE, clock: systemClock, clockSynced: () => clockIsSynced(systemClock.now()), log,
  });
  const visits = new Visits(systemClock, HEALTH_PATHS);
  const { port, host } = settings.web;
  await supervise({
    live: (stop) => live.run(stop),
    page: (stop) => serveWeb(visits.of(app), { port, host }, {
      signal: stop, handed,
      onListening: (listening) => reportReady(`Tyto's page: ${pageAddresses(host, listening).join('  ')}`),
    }),
    // What was opened with a password, and who guessed at it, is in this process's memory alone.
    rest: (stop) => offerRests(() => {
      const isAwaited = visits.quietFor < (visits.hadAny ? REST_AFTER : REST_UNVISITED_AFTER);
      const isNeeded = isAwaited || vault.isOpened || access.remembersTries;
      return isNeeded ? undefined : { taken: handed.taken };
    }, systemClock, stop),
  }, signal);
});

/** When the camera's process was last heard, on this process's clock. */
async function pulseOf(handed: HandedConnections): Promise<Millis | undefined> {
  const { silence } = (await handed.door).news as DoorNews;
  return silence === null ? undefined : millis(systemClock.monotonic() - silence);
}

function eventArchive(
  reader: ArchiveReader, keeper: ArchiveCaller,
  { media, uploads, keys, fileNames }: Places & { readonly keys: MediaKeys; readonly fileNames: string },
): EventArchive {
  const queue = new QueueReader(uploads, 'stored');
  return {
    star: (id, starred) => keeper.star(id, starred),
    remove: (id) => keeper.remove(id),
    ledger: (span) => reader.view.ledger(span, (from, to) => queue.uploaded(from, to)),
    page: (query) => reader.view.page(query),
    get: (id) => reader.view.kept(id),
    segments: ({ kind, ...span }) => reader.view.recordings({ class: kind, ...span }).map(segmentView),
    segment: (name) => {
      const row = reader.view.recording(name);
      return row !== undefined && row.class !== 'event'
        ? located({ media, keys }, { name, ...(row.sha256 === null ? {} : { sha256: row.sha256 }) })
        : undefined;
    },
    media: (event, kind) => {
      const place = located({ media, keys }, kind === 'clip' ? event.clip ?? running(reader, event) : event[kind]);
      return place && { ...place, name: downloadName(fileNames, event, EXTENSIONS[kind]) };
    },
  };
}

function segmentView({ name, start_time: from, end_time: to, bytes }: RecordingRow): SegmentView {
  return { name, from, to, bytes };
}

/**
 * The clip of an event that still runs: it has a name and no hash yet. It began with the pre-roll, before the event.
 */
function running(reader: ArchiveReader, event: TytoEvent): { readonly name: string } | undefined {
  if (event.end_time !== null) return undefined;
  const from = millis(event.start_time * 1000 - LONGEST_PRE_ROLL);
  return reader.view.recordings({ class: 'event', from, limit: 100 }).find(({ event_id: id }) => id === event.id);
}

function located(
  { media, keys }: { readonly media: string; readonly keys: MediaKeys },
  file: { readonly name: string; readonly sha256?: string } | null | undefined,
) {
  const day = file && dayOfMediaFile(file.name);
  return day === undefined || day === null || !file ? undefined
    : { path: path.join(media, day, file.name), sha256: file.sha256, keys };
}
