/** What an event is about, as the wire has it: wall clock, names, limits of the contract. */
import type { EventFace, EventObject, EventTrack, TytoEvent } from '../contract/event.ts';
import { boundingBox, cornersInPixels, type Box, type Point, type Size } from '../core/geometry.ts';
import { inSeconds, type Millis } from '../core/units.ts';
import type { Account } from './event-machine.ts';
import { facesOf, importance, staysOf, type Way } from './event-story.ts';
import type { Words } from './holds.ts';

export interface Telling {
  /** Of the recorded picture, once known. */
  readonly size: Size | undefined;
  readonly wallTime: (streamTime: Millis) => Millis;
}

type Told =
  Pick<
    TytoEvent,
    'kinds'
      | 'label'
      | 'current_zones'
      | 'entered_zones'
      | 'tracks'
      | 'crossings'
      | 'faces'
      | 'objects'
      | 'sub_label'
      | 'source'
  >;
type ToldMoment = Pick<TytoEvent, 'frame_time' | 'score' | 'box' | 'boxes'>;

const MOST_TRACKS = 32;
const MOST_ZONES = 32;
const MOST_BOXES = 256;
/** A way that leads less far than this share of the picture's width leads nowhere. */
const NOWHERE = 0.05;
/** Of a picture whose size is not known yet. */
const USUAL: Size = { width: 16, height: 9 };

export function tellAccount({ kinds, story, words }: Account, telling: Telling): Told {
  const time = (at: Millis): number => inSeconds(telling.wallTime(at));
  return {
    kinds, label: kinds[0] ?? 'motion', ...tellWords(words),
    current_zones: story.current, entered_zones: story.entered,
    tracks: [...story.ways.values()]
      .sort((a, b) => importance(b) - importance(a)).slice(0, MOST_TRACKS)
      .sort((a, b) => a.since - b.since).map((way) => tellWay(way, telling)),
    crossings: story.crossings.map(({ line, direction, at }) => ({ line, direction, time: time(at) })),
    faces: facesOf(story).map(({ box, score, at, person, similarity }): EventFace =>
      ({ box: within(box), score, time: time(at), person, similarity: person === null ? null : similarity })),
    objects: story.things.map(({ label, box, score, at }): EventObject =>
      ({ label, box: within(box), score, time: time(at) })),
  };
}

const tellWords = ({ label, source }: Words): Pick<TytoEvent, 'sub_label' | 'source'> =>
  ({ ...(label === undefined ? {} : { sub_label: label }), ...(source === undefined ? {} : { source }) });

export function tellMoment({ best: { at, score, boxes } }: Account, { size, wallTime }: Telling): ToldMoment {
  const around = boundingBox(boxes);
  return {
    frame_time: inSeconds(wallTime(at)), score, boxes: boxes.slice(0, MOST_BOXES).map(within),
    box: around === undefined || size === undefined ? null : cornersInPixels(around, size),
  };
}

function tellWay(way: Way, { size, wallTime }: Telling): EventTrack {
  return {
    id: way.id, start_time: inSeconds(wallTime(way.since)), end_time: inSeconds(wallTime(way.until)),
    path: way.path.slice(-32).map(([x, y]) => [fraction(x), fraction(y)] as const),
    direction: directionOf(way.path, size ?? USUAL),
    zones: staysOf(way).slice(0, MOST_ZONES).map(({ zone, time }) => ({ zone, seconds: Math.round(time / 100) / 10 })),
  };
}

/** From where the way begins to where it ends, as the picture shows it. */
export function directionOf(path: readonly Point[], { width, height }: Size): EventTrack['direction'] {
  const [from, to] = [path[0], path.at(-1)];
  if (from === undefined || to === undefined) return null;
  const [right, down] = [to[0] - from[0], (to[1] - from[1]) * height / width];
  if (Math.hypot(right, down) < NOWHERE) return null;
  if (Math.abs(right) >= Math.abs(down)) return right > 0 ? 'right' : 'left';
  return down > 0 ? 'down' : 'up';
}

/** The part of a box that lies in the picture. */
function within([x, y, width, height]: Box): Box {
  const [left, top] = [fraction(x), fraction(y)];
  return [left, top, fraction(fraction(x + width) - left), fraction(fraction(y + height) - top)];
}

/** Four digits tell a tenth of a pixel. */
const fraction = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;
