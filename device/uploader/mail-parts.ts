import type { Log } from '../core/log.ts';
import type { Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import type { EndedEvents } from './ended-events.ts';
import type { UploadQueue } from './queue.ts';

/** What it takes to hear what the fleet says, and to do it. */
export interface MailParts {
  readonly queue: UploadQueue;
  readonly events: Pick<EndedEvents, 'find' | 'within' | 'whyGone'>;
  readonly device: string;
  /** From look to look, about. */
  readonly every: Millis;
  readonly clock: Clock;
  /** In `[0, 1)`. */
  readonly random: () => number;
  readonly log: Log;
}
