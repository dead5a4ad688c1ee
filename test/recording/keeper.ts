/** The keeper of events between ports that remember what they were told: for tests of what becomes of an event. */
import type { ClipFile, EventMessage, TytoEvent } from '../../device/contract/event.ts';
import { nothingSeen, type Observation } from '../../device/core/frame.ts';
import { silentLog } from '../../device/core/log.ts';
import { millis, ratio, seconds } from '../../device/core/units.ts';
import { EventKeeper } from '../../device/watch/event-keeper.ts';
import type { EventRecorder } from '../../device/watch/keeper-ports.ts';

export const NOW = millis(Date.parse('2026-11-21T10:15:30.250Z'));
export const SHA = 'a'.repeat(64);
const clip: ClipFile = {
  name: 'clip.mp4', bytes: 5, sha256: SHA, start_time: 1, duration: 3, codec: 'avc1.64001f', width: 1280, height: 720,
};

/** A keeper with its ports recorded: what it told the bus, the recorder and the catalogue, in order. */
export function keeper(
  recorder: Partial<EventRecorder> = {}, { onlyRecognised = false, answers = Promise.resolve() } = {},
) {
  const clock = { jump: 0 };
  const told: EventMessage[] = [];
  const log: string[] = [];
  const ended: TytoEvent[] = [];
  const forgotten: string[] = [];
  const [zones, counts]: [string[], string[]] = [[], []];
  let [moves, records] = [false, false];
  const parts = new EventKeeper({
    device: 'gate', camera: 'camera', log: silentLog, random: () => 0.5,
    wallTime: (at) => millis(NOW + clock.jump + at),
    clockSynced: () => true, pictureSize: () => ({ width: 1280, height: 720 }),
    limits: () => ({ minimumDuration: millis(400), quiet: seconds(3), maxLength: seconds(60), onlyRecognised }),
    answers: () => answers,
    recorder: {
      startClip: (_id, at, { onDemand }) => log.push(`clip from ${at}${onDemand ? ' on demand' : ''}`),
      endClip: (_id, until) => { log.push(`clip until ${until}`); return Promise.resolve(clip); },
      takePicture: (_id, at) => {
        log.push(`picture of ${at}`);
        return Promise.resolve({ file: { name: 'p.jpg', bytes: 3, sha256: SHA }, jpeg: new Uint8Array(3) });
      },
      sumUp: () => Promise.resolve({}), forget: (id) => forgotten.push(id),
      ...recorder,
    },
    catalogue: { save: (event) => {
      log.push(event.end_time === null ? 'row' : 'row ended');
      if (event.end_time !== null) ended.push(event);
    } },
    announcer: {
      motion: (on) => { if (on !== moves) log.push(`motion ${on ? 'ON' : 'OFF'}`); moves = on; },
      recording: (on) => { if (on !== records) log.push(`recording ${on ? 'ON' : 'OFF'}`); records = on; },
      zones: (names) => zones.push(names.join()), counts: ({ person, face }) => counts.push(`${person} ${face}`),
      picture: () => log.push('picture told') },
    tell: (message) => { told.push(message); log.push(message.type); },
  });
  /** Shows it a scene of one character a frame, 5 a second: '.' still, a digit how much moves, in tenths. */
  const see = (scene: string): void => {
    for (const [index, mark] of scene.split('').entries())
      parts.observe(frame(index * 200, mark === '.' ? 0 : Number(mark) / 10));
  };
  return { keeper: parts, clock, told, log, ended, zones, counts, forgotten, see };
}

/** What vision saw at `at`, in milliseconds: something that moves, unless `score` is 0. */
export const frame = (at: number, score: number): Observation =>
  ({
    ...nothingSeen(millis(at)), motion: score > 0, score: ratio(score),
    boxes: score > 0 ? [[0.25, 0.5, 0.125, 0.25]] : [],
  });
/** A scene in which an event ends. */
export const quiet = '.'.repeat(16);
/** Lets what is ready happen. */
export const later = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
