/** How many stepped over each counting line today, in and out: kept on disk, so that a restart does not begin anew. */
import path from 'node:path';
import { z } from 'zod';
import type { LineCount } from '../contract/topics.ts';
import { describeError } from '../core/errors.ts';
import type { Crossing } from '../core/frame.ts';
import type { Log } from '../core/log.ts';
import { inSeconds, millis, seconds, type Millis } from '../core/units.ts';
import { openJsonFile } from '../durable/json-file.ts';
import type { Clock } from '../runtime/clock.ts';

/** A power cut costs at most what was counted in this time; a card is not written to more often. */
const WRITE_EVERY = seconds(30);

interface Count {
  in: number;
  out: number;
  /** When it was drawn, Unix seconds; none where it is counted since midnight. */
  since?: number | undefined;
}
/** `since`: the day that is counted, by its midnight, or by a moment of it. */
interface Counts { since: number; readonly lines: Record<string, Count> }
interface Stored { readonly data: Counts; write(): Promise<void> }

export interface CounterParts {
  /** The data folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A line's count is new; undefined when there is no such line any more. */
  readonly tell: (line: string, count: LineCount | undefined) => void;
}

export class LineCounters {
  readonly #stored: Stored;
  readonly #parts: CounterParts;
  #changed = false;
  #writtenAt: Millis;

  private constructor(stored: Stored, parts: CounterParts) {
    this.#stored = stored;
    this.#parts = parts;
    this.#writtenAt = parts.clock.monotonic();
  }

  /** @throws {ConfigError} When `lines.json` in the folder is not JSON, nor its backup. */
  static async open(parts: CounterParts): Promise<LineCounters> {
    const file = path.join(parts.folder, 'lines.json');
    const nothing: Counts = { since: inSeconds(midnightBefore(parts.clock.now())), lines: {} };
    const stored = await openJsonFile<Counts>(file, nothing, (raw) => schema.safeParse(raw).data ?? nothing);
    return new LineCounters(stored, parts);
  }

  /** The lines that there are now: a new one begins at nothing, one that is gone is forgotten. */
  lines(names: readonly string[]): void {
    const { lines } = this.#stored.data;
    for (const gone of Object.keys(lines).filter((name) => !names.includes(name))) {
      delete lines[gone];
      this.#parts.tell(gone, undefined);
      this.#changed = true;
    }
    for (const name of names) {
      if (lines[name] === undefined) this.#changed = true;
      lines[name] ??= this.#nothing();
      this.#tell(name);
    }
  }

  count(crossings: readonly Crossing[]): void {
    for (const { line, direction } of crossings) {
      const count = this.#stored.data.lines[line] ??= this.#nothing();
      count[direction] += 1;
      this.#changed = true;
      this.#tell(line);
    }
  }

  /** To be called now and then: begins anew at midnight, and writes what has changed. */
  async tick(): Promise<void> {
    const { data } = this.#stored;
    const now = this.#parts.clock.now();
    const midnight = midnightBefore(now);
    if (data.since > inSeconds(now)) { // the clock was ahead and has been set: no midnight would come for the counts
      data.since = inSeconds(midnight);
      for (const count of Object.values(data.lines)) count.since = undefined;
      this.#changed = true;
    } else if (data.since < inSeconds(midnight)) {
      data.since = inSeconds(midnight);
      for (const [name, count] of Object.entries(data.lines)) {
        Object.assign(count, { in: 0, out: 0, since: undefined });
        this.#tell(name);
      }
      this.#changed = true;
    }
    if (this.#parts.clock.monotonic() - this.#writtenAt >= WRITE_EVERY) await this.write();
  }

  /** Makes durable what has changed; a disk that refuses is told of in the log. */
  async write(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    this.#writtenAt = this.#parts.clock.monotonic();
    await this.#stored.write().catch((error: unknown) => {
      this.#changed = true;
      this.#parts.log.warn('the counts of lines could not be stored', { reason: describeError(error) });
    });
  }

  #tell(line: string): void {
    const count = this.#stored.data.lines[line];
    if (count !== undefined) this.#parts.tell(line, { ...count, since: count.since ?? this.#stored.data.since });
  }

  /** Of a line that is new. */
  #nothing(): Count { return { in: 0, out: 0, since: inSeconds(this.#parts.clock.now()) }; }
}

/** By the time zone of the device. */
function midnightBefore(now: Millis): Millis {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  return millis(day.getTime());
}

const number = z.number().int().nonnegative();
const schema = z.strictObject({
  since: z.number().nonnegative(), lines: z.record(z.string(), z.strictObject({
    in: number, out: number, since: z.number().nonnegative().optional(),
  })),
});
