/**
 * The `uploader`, a process or a thread: what has ended goes to the store that its owner chose, and what the
 * device says to the broker of the house.
 */
import path from 'node:path';
import { ArchiveReader } from '../archive/archive-reader.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { wordsIn } from '../config/words-in.ts';
import { goesBySun, type Timetable } from '../contract/timetable.ts';
import { ConfigError } from '../core/errors.ts';
import { millis, seconds } from '../core/units.ts';
import { systemClock } from '../runtime/clock.ts';
import { keepRunning } from '../runtime/keep-running.ts';
import { offerRests, type RestOffer } from '../runtime/offer-rests.ts';
import { reportReady, runRole } from '../runtime/role.ts';
import { supervise, type Task } from '../runtime/supervise.ts';
import { startRole, type Places } from '../start-role.ts';
import { uploadCatalogue } from './catalogue.ts';
import { LiveBandwidth, type LiveRules } from './live-bandwidth.ts';
import { Mail } from './mail.ts';
import { openTarget, type Store } from './open-target.ts';
import { uploadPolicy } from './policy.ts';
import { UploadQueue } from './queue.ts';
import { restOffer, watchedPlaces } from './rest-offer.ts';
import { RETRY } from './retry.ts';
import { StatusTeller } from './status-teller.ts';
import type { UploaderStatus } from './status.ts';
import { Uploader } from './uploader.ts';

/** A folder costs nothing to look at; it is looked at twice before there is a rest. */
const FOLDER_LOOKED_AT_EVERY = seconds(1);
/** This process is a sixth of the device's memory, for the second or two that an event takes. */
const REST_OFFERED_EVERY = seconds(1);
type OnReady = (rest: () => RestOffer | undefined) => void;

/** Of a device that uploads nothing, and has said so: the broker remembers that for it. */
const NEVER_NEEDED: RestOffer = { taken: 0 };

await runRole(async (signal) => {
  const { settings, lacks, device, log, topics, place, joinBus } = await startRole('uploader');
  const { upload, house } = settings;
  await using bus = joinBus();
  const settingsFile = path.join(place.data, 'config.json');
  const onStatus = (status: UploaderStatus): void =>
    bus.publish(topics.uploads, JSON.stringify(status), { retain: true, qos: 1 });
  const serve = async (stop: AbortSignal, onReady: OnReady): Promise<void> => {
    if (lacks.length > 0) throw new ConfigError('settings.incomplete', lacks.join('; '));
    const store = storeOf(upload, place);
    const second = store === undefined ? undefined : fallbackOf(upload, place);
    const policy = uploadPolicy(upload.what, upload.rules);
    using queue = UploadQueue.open(place.uploads, policy, log);
    using reader = new ArchiveReader(place.archive, log);
    const events = uploadCatalogue(() => reader.view, place.media);
    const bandwidth = await LiveBandwidth.open({
      file: settingsFile, load: async () => rulesOf((await loadSettings()).values), clock: systemClock, log,
    });
    const shared = { queue, events, device, clock: systemClock, random: Math.random, log };
    const every = upload.target === 'directory'
      ? millis(Math.min(FOLDER_LOOKED_AT_EVERY, upload.look_every))
      : upload.look_every;
    const uploader = new Uploader({
      ...shared, target: upload.target, store, fallback: second && { store: second, after: upload.fallback.after },
      policy, bandwidth: () => bandwidth.now(),
      mail: store === undefined ? undefined : new Mail({ ...shared, every }), mediaFolder: place.media, retry: RETRY,
      onStatus,
    });
    const rest = restOffer(uploader, watchedPlaces({
      uploads: place.uploads, settings: settingsFile, device, stores: [store, second],
    }));
    onReady(() => (store === undefined ? NEVER_NEEDED : bandwidth.goesByTime ? undefined : rest()));
    await uploader.run(stop);
  };
  /** Why nothing begins stands on the page as well: until it is put right, nobody else can say it there. */
  const uploads = async (stop: AbortSignal, onReady: OnReady): Promise<void> => {
    try {
      await serve(stop, onReady);
    } catch (error) {
      if (error instanceof ConfigError) {
        using queue = UploadQueue.open(place.uploads, uploadPolicy(upload.what, upload.rules), log);
        await bus.ready(stop);
        new StatusTeller({
          queue, target: upload.target, store: undefined, fallback: undefined, mail: undefined, log, onStatus,
          bandwidth: () => ({ rate: 0, heldBack: undefined }), isOnFallback: () => false,
          otherProblem: () => ({ code: error.code, message: error.message }),
        }).tell();
      }
      throw error;
    }
  };
  const joinHouse: Task = (stop) => keepRunning('the house\'s broker', async () => {
    const { runHouse } = await import('../bus/house/open-house.ts');
    await runHouse({
      house, localPrefix: settings.bus.prefix, device,
      camera: settings.camera.name, presence: wordsIn(settings.arming.presence.topics),
      data: place.data, bus, clock: systemClock, log: log.child('house'),
    }, stop);
  }, { clock: systemClock, log }, stop);
  const tellOthers: Task = (stop) =>
    keepRunning('outputs and inputs', async () =>
      (await import('../outputs/main.ts')).runOutputs(stop), { clock: systemClock, log }, stop);
  const others = {
    ...(house.url === '' ? {} : { house: joinHouse }),
    ...(settings.outputs.length + settings.inputs.length === 0 ? {} : { outputs: tellOthers }),
  };
  if (Object.keys(others).length === 0) {
    let rest: () => RestOffer | undefined = () => undefined;
    const onReady = (offer: typeof rest): void => {
      rest = offer;
      reportReady();
    };
    const tasks = { uploads: (stop: AbortSignal) => uploads(stop, onReady), rest: (stop: AbortSignal) =>
      offerRests(() => rest(), systemClock, stop, REST_OFFERED_EVERY) };
    return await supervise(tasks, signal); // awaited: the bus is left when this function returns
  }
  reportReady(); // an alarm must not wait for a mistake in the settings of the store
  await supervise({ ...others, uploads: (stop) =>
    keepRunning('the store', () => uploads(stop, () => {}), { clock: systemClock, log }, stop) }, signal);
});

type TargetSettings = Settings['upload']['fallback'] | Settings['upload'];

function storeOf(upload: TargetSettings, place: Places): Store | undefined {
  return openTarget({
    target: upload.target,
    directory: {
      path: upload.directory === '' ? place.landing : path.resolve(upload.directory),
      create: upload.directory === '',
    },
    s3: {
      endpoint: upload.s3.endpoint, region: upload.s3.region, bucket: upload.s3.bucket, prefix: upload.s3.prefix,
      accessKeyId: upload.s3.access_key_id, secretAccessKey: upload.s3.secret_access_key,
    },
    azure: upload.azure,
    gcs: upload.gcs,
    vault: upload.vault,
    kerberos: {
      ...upload.kerberos, accessKey: upload.kerberos.access_key, secretAccessKey: upload.kerberos.secret_access_key,
    },
  });
}

function fallbackOf({ fallback }: Settings['upload'], place: Places): Store | undefined {
  if (fallback.target === 'directory' && fallback.directory === '') {
    throw new ConfigError(
      'upload.fallback-folder-missing',
      'upload.fallback.target is directory, and upload.fallback.directory names no folder: name one',
    );
  }
  return storeOf(fallback, place);
}

/** Reckoning with times of a week is loaded only where somebody asks for it. */
async function rulesOf({ upload: { rate, windows, metered }, location, arming }: Settings): Promise<LiveRules> {
  return {
    rate, windows, metered: metered === 'on',
    isWithin: windows.length === 0 ? undefined : await clockOf(windows, location, arming.holidays),
  };
}

async function clockOf(
  windows: Timetable, { time_zone: timeZone, latitude, longitude }: Settings['location'], holidays: readonly string[],
) {
  const isPlaced = latitude !== 0 || longitude !== 0;
  if (goesBySun(windows) && !isPlaced) {
    throw new ConfigError(
      'upload.no-place', 'upload.windows go by the sun: set location.latitude and location.longitude, in degrees',
    );
  }
  const { WindowClock } = await import('../calendar/window-clock.ts');
  const clock = new WindowClock(windows, {
    timeZone: timeZone || new Intl.DateTimeFormat().resolvedOptions().timeZone,
    place: isPlaced ? { latitude, longitude } : undefined, holidays,
  });
  return (now: number) => clock.at(now).span !== undefined;
}
