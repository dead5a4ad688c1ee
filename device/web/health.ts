import { seconds, type Millis } from '../core/units.ts';

/** What `GET /healthz` answers. */
export type Health =
  | { readonly status: 'ok' }
  /** All of it runs, and yet what should be recorded is not: a full disk, a camera that is away. `loss` says why. */
  | { readonly status: 'degraded'; readonly loss: string }
  /** `silentSeconds` is null when the camera's process has not spoken since the page's server started. */
  | { readonly status: 'failing'; readonly silentSeconds: number | null };

/**
 * The camera's process speaks at least every 10 s, whatever its camera does: three words missed in a row are no
 * accident.
 */
const SILENT_AT_MOST: Millis = seconds(30);

/**
 * @param silence - For how long the camera's process has said nothing.
 * @param loss - What it said last of what is not recorded.
 */
export function healthOf(silence: Millis | undefined, loss: string | null): Health {
  if (silence === undefined || silence > SILENT_AT_MOST)
    return { status: 'failing', silentSeconds: silence === undefined ? null : Math.floor(silence / 1000) };
  return loss === null ? { status: 'ok' } : { status: 'degraded', loss };
}

/**
 * Who restarts what is not well goes by this. Starting anew makes no room on a disk and brings no camera back, it only
 * interrupts what still works: what is degraded is answered as well, and says that it is not.
 */
export const healthStatus = ({ status }: Health): 200 | 503 => (status === 'failing' ? 503 : 200);

/** Who listens at the page's port, in words that a user is told. */
export const PAGE_PORT = { setting: 'TYTO_WEB_PORT', room: 'web' } as const;

/** What programs ask for all the time, to hear whether all is well: no reason for the page's process to be there. */
export const HEALTH_PATHS = ['/healthz', '/readyz'] as const;

/** What the page's process is told when it starts. */
export interface DoorNews {
  /** For how long the camera's process had said nothing then, in milliseconds; null when it had never spoken. */
  readonly silence: number | null;
}
