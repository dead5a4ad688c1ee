/** The `watch` process: camera, vision, recorder and catalogue, joined. */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { lossOf, type Watching } from '../archive/ledger/watching.ts';
import { ArchiveThread } from '../archive/thread/archive-thread.ts';
import { refuseUnusableFile } from '../camera/adapters/inspect-file.ts';
import { Painters } from '../camera/demo/painter-thread.ts';
import { loadSettings } from '../config/load-settings.ts';
import { seeingOf } from '../config/places-store.ts';
import type { Settings } from '../config/settings.ts';
import { openCamera } from '../camera/open-camera.ts';
import { parseSource, parseSubSource } from '../media/camera-source.ts';
import { millis, seconds } from '../core/units.ts';
import { openDeviceKey, type DeviceKey } from '../evidence/device-key.ts';
import { LiveServer } from '../live/live-server.ts';
import { liveSocketPath } from '../live/socket-path.ts';
import { currentMask } from '../media/current-mask.ts';
import { Recorder } from '../recorder/recorder.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { reportReady, runRole } from '../runtime/role.ts';
import { supervise } from '../runtime/supervise.ts';
import { startRole, type RoleStart } from '../start-role.ts';
import { smallUploader, WITH_UPLOADER } from '../small-uploader.ts';
import { RecognitionWorker } from '../vision/recognition-worker.ts';
import { openEncryption, type Encryption } from '../vault/encryption.ts';
import { OWNER_KEYS_FILE } from '../vault/owner-keys.ts';
import { VisionWorker } from '../vision/vision-worker.ts';
import {
  archivePlan, armingRules, cameraPlan, commandLengths, eyePlan, motionRules, recognises, recognitionWishes,
  recorderPlan,
} from '../watch-plans.ts';
import { Arming } from './arming/arming.ts';
import { ArmCommand } from './arming/arm-command.ts';
import { openArmSwitch } from './arming/switch-file.ts';
import { BusAnnouncer } from './bus-announcer.ts';
import { CameraCommands } from './camera-commands.ts';
import { CameraHost } from './camera-host.ts';
import { CameraReport, idleReason } from './camera-report.ts';
import { clockIsSynced } from './clock-quality.ts';
import { EventKeeper } from './event-keeper.ts';
import { hearBus } from './hear-bus.ts';
import type { EventRecorder } from './keeper-ports.ts';
import { KeptFirst } from './kept-first.ts';
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
  const clockSynced = (): boolean => clockIsSynced(clock.now());
  await refuseUnusableFile('TYTO_CAMERA_SOURCE', parseSource(settings.camera.source), signal);
  await refuseUnusableFile('TYTO_CAMERA_SUB_SOURCE', parseSubSource(settings.camera.sub_source), signal);
  await makeMediaFolder(place.media);
  await using archive = await ArchiveThread.start(archivePlan(role), log.child('archive'), signal);
  signal.throwIfAborted(); // a start takes seconds on a busy board, and who stops waits for less
  const bus = role.joinBus({ topic: topics.available, payload: 'offline' });
  archive.onStorage((state) => bus.publish(topics.storage, JSON.stringify(state), { retain: true, qos: 1 }));
  const announcer = new BusAnnouncer(bus, topics, settings.camera.name);
  let wasArmed: boolean | undefined;
  const arming = await Arming.open(armingRules(role), {
    armSwitch: await openArmSwitch(place.data), clock,
    clockIsSet: clockSynced, log: log.child('arming'),
    onChange: (view) => {
      announcer.arming(view);
      if (view.armed === wasArmed) return;
      wasArmed = view.armed;
      if (!view.armed) watcher.disarmed();
      log.info(view.reason);
    },
  });
  wasArmed = arming.armed;
  const places = new PlacesInForce(seeingOf(settings), {
    read: async () => seeingOf((await loadSettings()).values), tell: (now) => announcer.places(now), log,
    onChange: (now, before) => {
      counters.lines(namesOf(now.lines));
      if (isDeepStrictEqual(now.privacy_masks, before.privacy_masks)) return vision.watchBy(motionRules(now));
      vision.renew();
      camera.renew();
    },
  });
  const counters = await LineCounters.open({
    folder: place.data, clock, log, tell: (line, count) => announcer.line(line, count),
  });
  const pictureMask = currentMask(() => places.current.privacy_masks);
  const recorder = openRecorder(
    role,
    { archive, pictureMask, clockSynced, isBusy: () => shedder.told.level > STILL_MAKES_PREVIEWS },
    { key: await openKey(role), encryption: await encryptionOf(role) },
  );
  const live = new LiveServer({ path: liveSocketPath(place.data), log: log.child('live') });
  const watching = (): Watching => ({
    armed: arming.armed, mode: settings.recording.mode, offline: report.offline, refusal: recorder.refusal,
    blind: blindness(), clockSynced: clockSynced(), seenAt: watcher.videoAt,
    shownUntil: watcher.videoUntil, isOverworked: shedder.isOverworked,
  });
  const report = new CameraReport(
    settings.camera.name, (state) => announcer.state(state), () => lossOf(watching()),
  );
  const vision = new VisionHost({
    open: (size) => VisionWorker.start({ ...size, ...eyePlan(settings, places.current) }, log.child('vision')),
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
    clockSynced, wallTime: (at) => watcher.wallTime(at),
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

  const around = { clock, log: log.child('camera'), isBusy: () => shedder.isOverworked, painters: new Painters() };
  const camera = new CameraHost<Watcher>(async () => {
    const opened = await openCamera(cameraPlan(settings, places.current), around, signal);
    log.info(`watching ${opened.label}`);
    report.update({ demo: opened.isDemo }, clock.monotonic());
    return opened;
  });

  announcer.begin(arming.view, places.current);
  counters.lines(namesOf(places.current.lines));
  // nobody heard of it when this process died
  for (const event of archive.endedEvents)
    announcer.event({ type: 'end', before: { ...event, end_time: null }, after: event });
  hearBus(bus, topics, settings.camera.name, { armCommand, commands, arming, places, announcer });
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
          bus.publish(topics.system, JSON.stringify(readSystemState(clockSynced())), { retain: true, qos: 1 });
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
            recording, idleReason: idleReason(refusal, arming.view, isContinuous(settings)),
            load: shedder.told, visionFault: blindness(),
            recognitionFault: recognises(settings) ? recognition.fault : null, ...vision.counters,
          }, clock.monotonic());
        }
      },
      catalogue: (stop) => archive.run(stop),
      ...(process.argv.includes(WITH_UPLOADER) ? { uploader: smallUploader(log) } : {}),
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

/** `worker` as it is asked here: always for what the settings wish. */
function wishing(worker: RecognitionWorker, settings: Settings): Recogniser {
  const wishes = recognitionWishes(settings);
  return {
    prepare: () => { if (recognises(settings)) worker.prepare(wishes); },
    put: ({ frame, tracks }) => worker.put({ frame, tracks, wishes }),
    recognitions: () => worker.recognitions(),
    get stats() { return worker.stats; },
  };
}

const namesOf = (places: readonly { readonly name: string }[]): readonly string[] => places.map(({ name }) => name);

const isContinuous = ({ recording: { mode } }: Settings): boolean => mode === 'continuous' || mode === 'both';

function openRecorder({ settings, device, log, place }: RoleStart, { archive, pictureMask, clockSynced, isBusy }: {
  readonly archive: ArchiveThread; readonly pictureMask: () => string | undefined;
  readonly clockSynced: () => boolean; readonly isBusy: () => boolean;
}, { key, encryption }: { readonly key: DeviceKey; readonly encryption: Encryption | undefined }): Recorder {
  return new Recorder({
    ...recorderPlan(settings, clockSynced), mediaFolder: place.media, device,
    key, encryption, pictureMask, isBusy,
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

await runRole(watch);
