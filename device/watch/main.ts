/** The `watch` process: camera, vision, recorder and catalogue, joined. */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { lossOf, type Watching } from '../archive/ledger/watching.ts';
import { ArchiveThread } from '../archive/thread/archive-thread.ts';
import { inspectFile } from '../camera/adapters/inspect-file.ts';
import { loadSettings } from '../config/load-settings.ts';
import { placesOf } from '../config/places-store.ts';
import type { Settings } from '../config/settings.ts';
import { wordsIn } from '../config/words-in.ts';
import { openCamera } from '../camera/open-camera.ts';
import { parseSource, parseSubSource, type CameraSource } from '../media/camera-source.ts';
import type { ArmingView } from '../contract/arming.ts';
import type { Places } from '../contract/places.ts';
import { ConfigError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import { openDeviceKey, type DeviceKey } from '../evidence/device-key.ts';
import { LiveServer } from '../live/live-server.ts';
import { liveSocketPath } from '../live/socket-path.ts';
import { currentMask } from '../media/current-mask.ts';
import { Recorder } from '../recorder/recorder.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { keepChild } from '../runtime/keep-child.ts';
import { RestUntil } from '../runtime/rest-until.ts';
import { reportReady, runRole } from '../runtime/role.ts';
import type { ChildPlace } from '../runtime/start-child.ts';
import { supervise, type Task } from '../runtime/supervise.ts';
import { startRole, type RoleStart } from '../start-role.ts';
import { isSmallUploader, WITH_UPLOADER } from '../small-uploader.ts';
import { RecognitionWorker } from '../vision/recognition-worker.ts';
import { openEncryption, type Encryption } from '../vault/encryption.ts';
import { OWNER_KEYS_FILE } from '../vault/owner-keys.ts';
import { VisionWorker } from '../vision/vision-worker.ts';
import { Arming, type ArmingRules } from './arming/arming.ts';
import { ArmCommand } from './arming/arm-command.ts';
import { openArmSwitch } from './arming/switch-file.ts';
import { BusAnnouncer } from './bus-announcer.ts';
import { CameraCommands } from './camera-commands.ts';
import { CameraHost } from './camera-host.ts';
import { CameraReport } from './camera-report.ts';
import { clockIsSynced } from './clock-quality.ts';
import { EventKeeper } from './event-keeper.ts';
import type { EventRecorder } from './keeper-ports.ts';
import { KeptFirst } from './kept-first.ts';
import { latenessOf } from './lateness.ts';
import { LineCounters } from './line-counters.ts';
import { LoadMeter } from './load-meter.ts';
import { LoadShedder } from './load-shedder.ts';
import { makeMediaFolder } from './media-folder.ts';
import { PlacesInForce } from './places-in-force.ts';
import { RecognitionHost, type Recogniser } from './recognition-host.ts';
import { readSystemState } from './system-state.ts';
import { VisionHost } from './vision-host.ts';
import { Watcher, type StreamTaker } from './watcher.ts';

/** An event's preview shows this much of before and after. */
const AROUND = seconds(2);
/** At the first step of doing less an event still gets its preview: a dozen pictures, at the lowest priority. */
const STILL_MAKES_PREVIEWS = 1;
const REPORT_EVERY = seconds(2);
const SYSTEM_EVERY = seconds(30);
/** Vision that says nothing for this long beyond an event's quiet time has failed. */
const VISION_SILENT = seconds(10);
/**
 * Video of which no frame comes to vision for this long is not decoded: keyframes are never
 * further apart where only they are.
 */
const BLIND_AFTER = seconds(30);

async function watch(signal: AbortSignal): Promise<void> {
  const role = await startRole('watch');
  const { settings, device, log, topics, place } = role;
  await refuseUnusableFile('TYTO_CAMERA_SOURCE', parseSource(settings.camera.source), signal);
  await refuseUnusableFile('TYTO_CAMERA_SUB_SOURCE', parseSubSource(settings.camera.sub_source), signal);
  await makeMediaFolder(place.media);
  await using archive = await openArchive(role, signal);
  signal.throwIfAborted(); // a start takes seconds on a busy board, and who stops waits for less
  const bus = role.joinBus({ topic: topics.available, payload: 'offline' });
  archive.onStorage((state) => bus.publish(topics.storage, JSON.stringify(state), { retain: true, qos: 1 }));
  const announcer = new BusAnnouncer(bus, topics, settings.camera.name);
  let wasArmed: boolean | undefined;
  const arming = await Arming.open(armingRules(role), {
    armSwitch: await openArmSwitch(place.data), clock,
    clockIsSet: () => clockIsSynced(clock.now()), log: log.child('arming'),
    onChange: (view) => {
      announcer.arming(view);
      if (view.armed === wasArmed) return;
      wasArmed = view.armed;
      if (!view.armed) watcher.disarmed();
      log.info(view.reason);
    },
  });
  wasArmed = arming.armed;
  const places = new PlacesInForce(placesOf(settings), {
    read: async () => placesOf((await loadSettings()).values), tell: (now) => announcer.places(now), log,
    onChange: (now, before) => {
      vision.renew();
      counters.lines(namesOf(now.lines));
      if (!isDeepStrictEqual(now.privacy_masks, before.privacy_masks)) camera.renew();
    },
  });
  const counters = await LineCounters.open({
    folder: place.data, clock, log, tell: (line, count) => announcer.line(line, count),
  });
  const pictureMask = currentMask(() => places.current.privacy_masks);
  const recorder = openRecorder(
    role,
    { archive, pictureMask, isBusy: () => shedder.told.level > STILL_MAKES_PREVIEWS },
    { key: await openKey(role), encryption: await encryptionOf(role) },
  );
  const live = new LiveServer({ path: liveSocketPath(place.data), log: log.child('live') });
  const watching = (): Watching => ({
    armed: arming.armed, mode: settings.recording.mode, offline: report.offline, refusal: recorder.refusal,
    blind: blindness(), clockSynced: clockIsSynced(clock.now()), seenAt: watcher.videoAt,
  });
  const report = new CameraReport(
    settings.camera.name, (state) => announcer.state(state), () => lossOf(watching()),
  );
  const vision = new VisionHost({
    open: (size) => VisionWorker.start({ ...size, ...eyeSettings(settings, places.current) }, log.child('vision')),
    onSeen: (seen) => {
      watcher.observed(seen);
      if (arming.armed) recognition.observed(seen);
    },
    clock, log,
  });
  await using recogniser = new RecognitionWorker({ people: place.people }, log.child('recognition'));
  const recognition = new RecognitionHost({
    recogniser: wishing(recogniser, settings), onRecognised: (found) => watcher.recognised(found), clock, log,
  });
  const shedder = new LoadShedder(recognises(settings), (plan) => {
    vision.lookEvery(plan.lookEvery);
    recognition.every(plan.recogniseEvery);
    live.spare(plan.sparingLive);
  }, log);
  const blindness = (): string | null => vision.fault ?? watcher.blindness(BLIND_AFTER);
  const period = millis(1000 / settings.vision.frame_rate);
  using meter = new LoadMeter({
    vision: () => ({ ...vision.counters, millisPerFrame: vision.millisPerFrame }),
    framePeriod: () => millis(Math.max(period, shedder.lookEvery)), lag: () => watcher.takeLag(),
  });
  const watcher: Watcher = new Watcher({
    takers: [recorder, liveTaker(live)],
    look: (frame) => vision.look(frame), recognise: (frame) => recognition.look(frame), keeper: () => keeper, report,
    isArmed: () => arming.armed,
    onSeen: ({ tamper, crossings }) => {
      announcer.tamper(tamper);
      counters.count(crossings);
      report.update({ tamper }, clock.monotonic());
    },
    monotonic: () => clock.monotonic(), now: () => clock.now(), onFirstPicture: () => reportReady(),
  });
  const keptFirst = new KeptFirst({
    written: (over) => archive.written(over), tell: (message) => announcer.event(message), clock,
  });
  const keeper = new EventKeeper({
    device, camera: settings.camera.name, log, random: Math.random,
    limits: () => ({
      minimumDuration: settings.motion.minimum_duration,
      quiet: settings.recording.post_roll, maxLength: settings.recording.max_length,
      onlyRecognised: settings.objects.mode === 'require', recognitionFails: !recognition.works,
    }),
    recorder: eventRecorder(recorder), catalogue: { save: (event) => archive.putEvent(event) }, announcer,
    tell: (message) => keptFirst.tell(message),
    pictureSize: () => watcher.pictureSize,
    clockSynced: () => clockIsSynced(clock.now()), wallTime: (at) => watcher.wallTime(at),
    answers: () => recognition.answers(),
  });

  const commands = new CameraCommands({
    keeper, streamTime: () => watcher.streamTime, wallTime: (at) => watcher.wallTime(at),
    isArmed: () => arming.armed, lengths: commandLengths(settings),
    answer: (topic, answer) => announcer.answer(topic, answer), monotonic: () => clock.monotonic(), log,
  });

  const armCommand = new ArmCommand({
    turn: (on) => arming.turn(on),
    answer: (answer) => announcer.answer('enabled', answer), monotonic: () => clock.monotonic(), log,
  });

  const camera = new CameraHost<Watcher>(async () => {
    const { source, sub_source: subSource, stall_timeout: stallTimeout, certificate } = settings.camera;
    const asked = {
      source, subSource, stallTimeout, certificate, sound: settings.camera.sound === 'on', asked: settings.camera,
    };
    const opened = await openCamera({
      ...asked, hardware: settings.vision.hardware, pictures: pictureOptions(settings, places.current),
    }, { clock, log: log.child('camera') }, signal);
    log.info(`watching ${opened.label}`);
    report.update({ demo: opened.isDemo }, clock.monotonic());
    return opened;
  });

  announcer.begin(arming.view, places.current);
  counters.lines(namesOf(places.current.lines));
  // nobody heard of it when this process died
  for (const event of archive.endedEvents)
    announcer.event({ type: 'end', before: { ...event, end_time: null }, after: event });
  bus.subscribe(topics.camera(settings.camera.name).enabledSet, (payload, _topic, retained) => {
    void armCommand.take(payload, retained);
  });
  bus.subscribe(topics.camera(settings.camera.name).recordSet, (payload, _topic, retained) =>
    commands.take('record', { payload, retained }));
  bus.subscribe(topics.camera(settings.camera.name).trigger, (payload, _topic, retained) =>
    commands.take('trigger', { payload, retained }));
  bus.subscribe(topics.onConnect, () => announcer.again());
  for (const topic of arming.topics)
    bus.subscribe(topic, (payload) => arming.heard(topic, payload.toString('utf8', 0, 64)));
  bus.subscribe(topics.camera(settings.camera.name).placesReload, () => { void places.reload(); });
  try {
    signal.throwIfAborted();
    await supervise({
      camera: async (stop) => {
        await camera.run(watcher, stop);
        watcher.stop(); // what it has recorded is made durable while the others still end
        await recorder.stop();
      },
      live: (stop) => live.run(stop),
      arming: (stop) => arming.run(stop),
      vision: (stop) => vision.run(stop),
      recognition: async (stop) => {
        stop.addEventListener('abort', () => { void recogniser[Symbol.asyncDispose](); }, { once: true });
        await recognition.run(stop);
      },
      system: async (stop) => {
        for (;;) {
          bus.publish(
            topics.system, JSON.stringify(readSystemState(clockIsSynced(clock.now()))), { retain: true, qos: 1 },
          );
          await clock.wait(SYSTEM_EVERY, stop);
        }
      },
      report: async (stop) => {
        for (;;) {
          await clock.wait(REPORT_EVERY, stop);
          watcher.endUnlessHeard(millis(settings.recording.post_roll + VISION_SILENT));
          const { recording, idleReason: refusal } = recorder;
          archive.watching(watching());
          await counters.tick();
          shedder.take(await meter.measure(), clock.monotonic());
          report.update({
            recording, idleReason: idleReason(refusal, arming.view, settings.recording.mode),
            load: shedder.told, visionFault: blindness(),
            recognitionFault: recognises(settings) ? recognition.fault : null, ...vision.counters,
          }, clock.monotonic());
        }
      },
      catalogue: async (stop) => {
        await archive.run(stop);
      },
      ...(process.argv.includes(WITH_UPLOADER) ? { uploader: uploaderThread(role.log) } : {}),
    }, signal);
  } finally {
    watcher.stop();
    await recorder.stop();
    await keeper.settled();
    await keptFirst.settled();
    await counters.write();
    await bus.leave({ topic: topics.available, payload: 'stopped' });
  }
}

/**
 * The uploader beside the camera. It shares no loop with it, ends alone whatever befalls it, and is here for memory's
 * sake: this process has threads anyway, and another one costs a third of a process.
 */
const uploaderThread = (log: Log): Task => (stop) => keepChild({
  role: 'uploader', work: 'serve', vital: false, demand: new RestUntil(clock), onReady: () => {},
  module: new URL(`../uploader/main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
  place: async (): Promise<ChildPlace> => (isSmallUploader((await loadSettings()).values) ? 'thread' : 'process'),
}, { log, clock }, stop);

const namesOf = (places: readonly { readonly name: string }[]): readonly string[] => places.map(({ name }) => name);

const recognises = ({ faces, objects }: Settings): boolean => faces.mode === 'on' || objects.mode !== 'off';

const timelapsePlan = ({ timelapse: { interval, frame_rate: frameRate } }: Settings) =>
  (interval === 0 ? undefined : { interval, frameRate, clockSynced: () => clockIsSynced(clock.now()) });

const commandLengths = ({ recording }: Settings) =>
  ({
    record: recording.manual_length,
    trigger: recording.trigger_length === 0 ? recording.post_roll : recording.trigger_length,
  });

const pictureOptions = (settings: Settings, { privacy_masks: masks }: Places) =>
  ({
    decode: settings.vision.decode, framesPerSecond: settings.vision.frame_rate, colour: recognises(settings), masks,
  });

/** `worker` as it is asked here: always for what the settings wish. */
const wishing = (worker: RecognitionWorker, { faces, objects }: Settings): Recogniser => ({
  prepare: () => {
    const wishes = { faces: faces.mode === 'on', objects: objects.mode !== 'off' };
    if (wishes.faces || wishes.objects) worker.prepare(wishes);
  },
  put: ({ frame, tracks }) => worker.put({
    frame, tracks,
    wishes: {
      faces: faces.mode === 'on', objects: objects.mode !== 'off', minimumScore: faces.minimum_score,
      match: faces.match,
    },
  }),
  recognitions: () => worker.recognitions(),
  get stats() { return worker.stats; },
});

const eyeSettings = ({ motion, tamper }: Settings, { zones, lines, privacy_masks: masks }: Places) => ({
  sensitivity: motion.sensitivity, minimumSize: motion.minimum_size,
  maximumSize: motion.maximum_size, contrast: motion.contrast, absorb: motion.absorb,
  zones, lines, masks, tamper,
});

/** The catalogue, in step with the disk. */
function openArchive(
  { settings: { camera, recording, retention, storage, upload }, log, place }: RoleStart, signal: AbortSignal,
): Promise<ArchiveThread> {
  const landing = upload.target === 'directory' && upload.directory === '' ? place.landing : undefined;
  // Without storage of the owner's choice nobody may ever come for it: a camera that stops for that protects nobody.
  const untaken = landing === undefined ? 'keep' : 'delete';
  return ArchiveThread.start({
    file: place.archive, mediaFolder: place.media, socket: place.archiveSocket,
    camera: camera.name, people: place.people,
    uploads: upload.target === 'none' ? undefined : place.uploads,
    // A second name in our own landing folder stays when the recording goes, if a fleet comes for it: nothing is lost.
    deleteAfter: landing === undefined ? upload.delete_after : 'stored',
    landing,
    retention: {
      maxBytes: retention.max_bytes, reserve: retention.reserve, minimumFree: recording.minimum_free,
      pending: retention.pending === 'auto' ? untaken : retention.pending,
      age: { event: retention.events, continuous: retention.continuous, timelapse: retention.timelapse },
    },
    writeBudget: storage.write_budget, fileNames: recording.file_names,
  }, log.child('archive'), signal);
}

function openRecorder({ settings, device, log, place }: RoleStart, { archive, pictureMask, isBusy }: {
  readonly archive: ArchiveThread; readonly pictureMask: () => string | undefined; readonly isBusy: () => boolean;
}, { key, encryption }: { readonly key: DeviceKey; readonly encryption: Encryption | undefined }): Recorder {
  const lateness = latenessOf({
    minimumDuration: settings.motion.minimum_duration, decode: settings.vision.decode,
    hasSubStream: parseSubSource(settings.camera.sub_source) !== undefined,
  });
  const { mode, pre_roll: preRoll, max_length: maxLength, minimum_free: minimumFree } = settings.recording;
  return new Recorder({
    mode, preRoll, ...lateness, maxLength, minimumFree, mediaFolder: place.media, device,
    camera: settings.camera.name, key, encryption, pictureMask, isBusy, timelapse: timelapsePlan(settings),
    makeRoom: () => archive.makeRoom(),
    listener: {
      opened: (recording) => archive.openRecording(recording),
      closed: (recording) => archive.closeRecording(recording),
    },
    log: log.child('recorder'),
  });
}

const openKey = ({ place, log }: RoleStart): Promise<DeviceKey> => openDeviceKey(place.data, clock.now(), (aside) =>
  log.error(
    'the key that signs clips was damaged; another one signs from now on, and the damaged one is kept', { kept: aside },
  ));

const encryptionOf = async ({ settings: { recording }, place, log }: RoleStart): Promise<Encryption | undefined> =>
  (recording.encryption === 'off' ? undefined
    : await openEncryption({
      fleetKey: recording.fleet_key, ownerKeys: path.join(place.data, OWNER_KEYS_FILE), now: () => clock.now(), log,
    }));

const eventRecorder = (recorder: Recorder): EventRecorder => ({
  startClip: (id, at, { continues, onDemand }) =>
    recorder.startEvent(id, at, { onDemand, ...(continues ? { preRoll: millis(0) } : {}) }),
  endClip: async (id, until) => (await recorder.endEvent(id, until)).clip,
  takePicture: (id, at) => recorder.snapshot(id, at),
  sumUp: (id, from, until) => recorder.summary(id, millis(from - AROUND), millis(until + AROUND)),
  forget: (id) => recorder.forget(id),
});

const liveTaker = (live: LiveServer): StreamTaker =>
  ({ begin: (init) => live.begin(init), fragment: (fragment) => live.fragment(fragment), interrupt: () => live.end() });

/** The answer to "why is it not recording?" */
function idleReason(
  refusal: string | null, { armed, reason }: ArmingView, mode: Settings['recording']['mode'],
): string | null {
  if (refusal !== null || armed) return refusal;
  return mode === 'continuous' || mode === 'both'
    ? `${reason} Events are not recorded; continuous recording goes on.`
    : reason;
}

function armingRules({ settings: { arming, location, camera }, device }: RoleStart): ArmingRules {
  const { http, presence } = arming;
  return {
    fixed: arming.switch === 'free' ? undefined : arming.switch, timetable: arming.timetable,
    calendar: {
      // Asked only where a timetable needs it: the languages and zones that come with it are 7 MB.
      timeZone: location.time_zone === '' && arming.timetable.length > 0
        ? Intl.DateTimeFormat().resolvedOptions().timeZone : location.time_zone,
      place: location.latitude === 0 && location.longitude === 0 ? undefined : location, holidays: arming.holidays,
    },
    http: http.url === '' ? undefined
      : {
        url: http.url, every: http.every, timeout: http.timeout, withoutAnswer: http.without_answer,
        device, camera: camera.name,
      },
    presence: presence.topics === '' ? undefined : {
      topics: wordsIn(presence.topics), home: wordsIn(presence.home), unknown: presence.unknown,
    },
    delays: { arm: arming.arm_delay, disarm: arming.disarm_delay },
  };
}

/** A camera may come back, so it is waited for; a file that is no video never becomes one. */
async function refuseUnusableFile(
  setting: string, source: CameraSource | undefined, signal: AbortSignal,
): Promise<void> {
  const found = source?.type === 'file' ? await inspectFile(source.path, signal) : undefined;
  if (found?.ok === false) throw new ConfigError(found.code, `${setting}: ${found.reason}`);
}

await runRole(watch);
