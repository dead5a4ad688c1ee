/** The true events as lines of JSON, each when it is over. */
import { inSeconds, millis, type Millis } from '../../core/units.ts';
import { trueEvents, type DemoEvent } from './scene.ts';

export class TruthLines {
  readonly #print: (line: string) => void;
  #told = millis(0);
  constructor(print: (line: string) => void) { this.#print = print; }

  /** Prints the events that ended up to `at`. Times only go forward. */
  reached(at: Millis): void {
    for (const event of trueEvents(this.#told, at)) {
      if (event.end > this.#told && event.end <= at) this.#print(lineOf(event, event.end));
    }
    this.#told = at;
  }

  /** Prints the events that are cut off because the pictures end at `at`. */
  ended(at: Millis): void {
    this.reached(at);
    for (const event of trueEvents(at, millis(at + 1))) {
      if (event.start < at && event.end > at) this.#print(lineOf(event, at));
    }
  }
}

/** Boxes are `[second, x, y, width, height]`. */
function lineOf({ start, boxes }: DemoEvent, end: Millis): string {
  const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
  return JSON.stringify({
    start: inSeconds(start), end: inSeconds(end), kinds: ['motion', 'person'],
    boxes: boxes.filter(({ at }) => at < end).map(({ at, box }) => [inSeconds(at), ...box.map(rounded)]),
  });
}
