/** What it takes to upload. */
import type { Log } from '../core/log.ts';
import type { Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Bandwidth } from './bandwidth.ts';
import type { EndedEvents } from './ended-events.ts';
import type { Mail } from './mail.ts';
import type { Store, TargetName } from './open-target.ts';
import type { UploadPolicy } from './policy.ts';
import type { UploadQueue } from './queue.ts';
import type { RetryLimits } from './retry.ts';
import type { UploaderStatus } from './status.ts';

export interface UploaderParts {
  readonly target: TargetName;
  /** Undefined for the target `none`: the uploader says so once, then idles. */
  readonly store: Store | undefined;
  /** Takes what is new while the first has failed for `after`. */
  readonly fallback?: { readonly store: Store; readonly after: Millis } | undefined;
  readonly queue: UploadQueue;
  readonly policy: UploadPolicy;
  /** What the line may be used for just now. */
  readonly bandwidth: () => Bandwidth;
  /** What the fleet says and asks for; undefined where nobody listens. */
  readonly mail?: Mail | undefined;
  readonly events: EndedEvents;
  /** Folder of the recordings; they lie in one folder a day below it. */
  readonly mediaFolder: string;
  /** Name of this device: the prefix that its credentials are bound to. */
  readonly device: string;
  readonly retry: RetryLimits;
  readonly clock: Clock;
  /** In `[0, 1)`, as `Math.random`. */
  readonly random: () => number;
  readonly log: Log;
  /** Called whenever the status is another than before, at first soon after `run`. */
  readonly onStatus: (status: UploaderStatus) => void;
}
