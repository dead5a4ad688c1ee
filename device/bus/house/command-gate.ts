/**
 * What others in the house may ask of the device: few topics, small payloads, not too often, nothing that was retained.
 */
import type { Log } from '../../core/log.ts';
import { seconds, type Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';

const COMMANDS = ['enabled/set', 'record/set', 'trigger'] as const;
const MOST_BYTES = 1024;
/** At most so many in so long. */
const MOST = 20;
const WITHIN: Millis = seconds(10);

export class CommandGate {
  readonly #clock: Clock;
  readonly #log: Log;
  #times: Millis[] = [];
  #toldAt = -Infinity;
  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  static filters(prefix: string): readonly string[] { return COMMANDS.map((command) => `${prefix}/+/${command}`); }

  /** Whether others may ask it. @param below - A topic without its prefix. */
  static mayBeAsked(below: string): boolean {
    return COMMANDS.some((command) => below.indexOf('/') > 0 && below.slice(below.indexOf('/') + 1) === command);
  }

  /** Whether it is asked of the device rather than said by it. */
  static isCommand(below: string): boolean { return CommandGate.mayBeAsked(below) || below.endsWith('/places/reload'); }

  /** Whether it goes on to the device; why not is logged, once a while. */
  lets(below: string, payload: Uint8Array, retained: boolean): boolean {
    const now = this.#clock.monotonic();
    this.#times = this.#times.filter((at) => now - at < WITHIN);
    const fault = retained ? 'it is retained, and would be obeyed again at every start'
      : payload.byteLength > MOST_BYTES ? `it is longer than ${MOST_BYTES} bytes`
        : this.#times.length >= MOST ? `more than ${MOST} came within ${WITHIN / 1000} s` : undefined;
    if (fault === undefined) {
      this.#times.push(now);
      return true;
    }
    if (now - this.#toldAt > WITHIN)
      this.#log.warn('a message of the house\'s broker is not obeyed', { topic: below, reason: fault });
    this.#toldAt = now;
    return false;
  }
}
