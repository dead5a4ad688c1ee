import { seconds, type Millis } from '../core/units.ts';

/** What `GET /healthz` answers. */
export type Health =
  | { readonly status: 'ok' }
  /** `silentSeconds` is null when the camera's process has not spoken since the page's server started. */
  | { readonly status: 'stale'; readonly silentSeconds: number | null };

/** The camera's process speaks at least every 10 s, whatever its camera does: three words missed in a row are no accident. */
const SILENT_AT_MOST: Millis = seconds(30);

/** @param silence - For how long the camera's process has said nothing. */
export function healthOf(silence: Millis | undefined): Health {
  if (silence !== undefined && silence <= SILENT_AT_MOST) return { status: 'ok' };
  return { status: 'stale', silentSeconds: silence === undefined ? null : Math.floor(silence / 1000) };
}
