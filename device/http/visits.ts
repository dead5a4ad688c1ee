/** Tells for how long nobody has asked a service for anything, and whether anybody ever has. */
import { millis, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import type { HttpService } from './serve-http.ts';

export class Visits {
  readonly #clock: Clock;
  /** Paths that programs ask for all the time. */
  readonly #ignored: readonly string[];
  #underWay = 0;
  #lastAt: Millis;
  #hadAny = false;
  constructor(clock: Clock, ignored: readonly string[]) {
    this.#clock = clock;
    this.#ignored = ignored;
    this.#lastAt = clock.monotonic();
  }

  /** 0 while anything is being answered; what is watched or followed is. */
  get quietFor(): Millis { return millis(this.#underWay > 0 ? 0 : this.#clock.monotonic() - this.#lastAt); }

  /** Whether anybody has come since the start. */
  get hadAny(): boolean { return this.#hadAny; }

  /** `service`, with its visits counted. */
  of({ handle, upgrade, ...rest }: HttpService): HttpService {
    return {
      ...rest,
      handle: (request, response) => {
        if (!this.#ignored.includes(request.url ?? '')) response.once('close', this.#begin());
        handle(request, response);
      },
      ...(upgrade === undefined ? {} : {
        upgrade: (request, socket, head) => {
          socket.once('close', this.#begin());
          upgrade(request, socket, head);
        },
      }),
    };
  }

  #begin(): () => void {
    this.#underWay += 1;
    this.#hadAny = true;
    return () => {
      this.#underWay -= 1;
      this.#lastAt = this.#clock.monotonic();
    };
  }
}
