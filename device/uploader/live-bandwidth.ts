/** What the line may be used for, by the settings as they stand: a change in their file is felt within seconds. */
import { statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { seconds } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { bandwidthAt, type Bandwidth, type BandwidthRules } from './bandwidth.ts';

export interface LiveRules extends BandwidthRules {
  /** Whether a wall-clock time lies within the windows; undefined where there are none. */
  readonly isWithin: ((now: number) => boolean) | undefined;
}

export interface LiveBandwidthParts {
  /** The file that settings stand in; it need not be there. */
  readonly file: string;
  /** Reads the settings anew. @throws {ConfigError} When they are wrong: those of before stay in force. */
  readonly load: () => Promise<LiveRules>;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_EVERY = seconds(5);

export class LiveBandwidth {
  readonly #parts: LiveBandwidthParts;
  #rules: LiveRules;
  #stamp: string;
  #lookedAt: number;
  private constructor(parts: LiveBandwidthParts, rules: LiveRules, stamp: string) {
    this.#parts = parts;
    this.#rules = rules;
    this.#stamp = stamp;
    this.#lookedAt = parts.clock.monotonic();
  }

  static async open(parts: LiveBandwidthParts): Promise<LiveBandwidth> {
    const stamp = stampOf(parts.file);
    return new LiveBandwidth(parts, await parts.load(), stamp);
  }

  now(): Bandwidth {
    const { clock } = this.#parts;
    if (clock.monotonic() - this.#lookedAt >= LOOK_EVERY) void this.#look();
    return bandwidthAt(this.#rules, this.#rules.isWithin?.(clock.now()));
  }

  /** Whether it changes with nothing but time. */
  get goesByTime(): boolean { return this.#rules.isWithin !== undefined; }

  async #look(): Promise<void> {
    const { file, load, clock, log } = this.#parts;
    this.#lookedAt = clock.monotonic();
    const stamp = stampOf(file);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      const before = this.#rules;
      this.#rules = await load();
      const changes = changesOf(before, this.#rules);
      if (changes.length > 0) log.info(`the settings were changed: ${changes.join('; ')}`);
    } catch (error) {
      log.warn('the settings were changed and are wrong now: what uploads may take of the line stays as it was', {
        reason: describeError(error),
      });
    }
  }
}

/** Other settings than these may stand in the file, too: only what is another than before is said. */
function changesOf(before: BandwidthRules, { rate, metered, windows }: BandwidthRules): readonly string[] {
  const changes: string[] = [];
  if (rate !== before.rate)
    changes.push(`uploads may take ${rate === 0 ? 'all' : `${rate} bytes a second`} of the line`);
  if (metered !== before.metered)
    changes.push(metered ? 'each byte of the line costs: only small things go' : 'the line costs nothing by the byte');
  if (!isDeepStrictEqual(windows, before.windows))
    changes.push(windows.length === 0 ? 'uploads go at any time' : `uploads have other times`);
  return changes;
}

/** Another one when the file was written. */
function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
}
