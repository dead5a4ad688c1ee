/** What `tyto detect` prints: JSON lines for programs, sentences for people. */
import type { Observation, Track } from '../../core/frame.ts';
import type { Box } from '../../core/geometry.ts';
import type { Millis } from '../../core/units.ts';
import type { Recognition, SeenFace } from '../../watch/recognition.ts';
import type { FoundEvent } from './event-list.ts';

export interface Printer {
  readonly look: (seen: Observation, recognitions: readonly Recognition[]) => void;
  readonly events: (events: readonly FoundEvent[]) => void;
}

/** Where a line goes. */
export type Line = (text: string) => void;

/** One object a line; what there is none of is left out, but `boxes`. */
export const printJson = (line: Line): Printer => ({
  look: ({ at, motion, score, boxes, tracks, crossings, tamper }, recognitions) => {
    const faces = recognitions.flatMap((recognition) => recognition.faces);
    const things = recognitions.flatMap((recognition) => recognition.things);
    line(
      JSON.stringify({
        t: inSeconds(at),
        motion,
        score: rounded(score, 3),
        boxes: boxes.map(shownBox),
        ...(tracks.length > 0 && { tracks: tracks.map(shownTrack) }),
        ...(crossings.length > 0 && { crossings }),
        ...(tamper.length > 0 && { tamper }),
        ...(faces.length > 0 && { faces: faces.map(shownFace) }),
        ...(things.length > 0 && {
          objects: things.map((thing) => ({
            label: thing.label,
            box: shownBox(thing.box),
            score: rounded(thing.score, 3),
          })),
        }),
      }),
    );
  },
  events: (events) =>
    line(
      JSON.stringify({
        events: events.map(({ start, end, kinds }) => ({ start: inSeconds(start), end: inSeconds(end), kinds })),
      }),
    ),
});

export const printForPeople = (line: Line): Printer => ({
  look: ({ at, motion, score, boxes, crossings, tamper }, recognitions) => {
    const words = [
      ...(motion
        ? [
            `motion ${Math.round(score * 100)
              .toString()
              .padStart(3)} %  ${counted(boxes.length, 'box', 'boxes')}`,
          ]
        : []),
      ...crossings.map(({ line: name, direction }) => `${direction} at ${name}`),
      ...(tamper.length > 0 ? [`picture ${tamper.join(', ')}`] : []),
      ...recognitions.flatMap(({ faces, things }) => [
        ...faces.map(({ person }) => person ?? 'a face'),
        ...things.map(({ label }) => label),
      ]),
    ];
    if (words.length > 0) line(`${inSeconds(at).toFixed(1).padStart(8)} s  ${words.join('  ')}`);
  },
  events: (events) => {
    if (events.length === 0) line('No events.');
    for (const { start, end, kinds } of events) {
      line(`Event from ${inSeconds(start).toFixed(1)} s to ${inSeconds(end).toFixed(1)} s: ${kinds.join(', ')}`);
    }
  },
});

const shownTrack = ({ id, box, since, moving, zones }: Track): object => ({
  id,
  box: shownBox(box),
  since: inSeconds(since),
  moving,
  ...(zones.length > 0 && {
    zones: zones.map(({ zone, time, inside }) => ({ zone, seconds: inSeconds(time), inside })),
  }),
});

/** Whose it is, where it is known. */
const shownFace = ({ box, score, person, similarity }: SeenFace): object => ({
  box: shownBox(box),
  score: rounded(score, 3),
  ...(person !== null && { person, similarity: rounded(similarity ?? 0, 3) }),
});

const shownBox = (box: Box): readonly number[] => box.map((value) => rounded(value, 4));
const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
const inSeconds = (at: Millis): number => rounded(at / 1000, 3);
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
