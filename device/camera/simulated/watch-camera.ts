/** Watches a camera until something was seen of it. */
import { silentLog, type Log } from '../../core/log.ts';
import { seconds } from '../../core/units.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Command } from '../command.ts';
import { openCamera, type CameraSettings } from '../open-camera.ts';
import { RecordingSink } from './recording-sink.ts';

export interface Watched extends Partial<CameraSettings> {
  readonly log?: Log;
  /** What stands in for `rpicam-vid`. */
  readonly rpicam?: readonly Command[];
}

const PATIENCE_MS = 60_000;

/** Runs the camera until `seen`, then stops it and waits for that. @throws {Error} When it is not seen in time. */
export async function watchCamera(
  source: string, seen: (sink: RecordingSink) => boolean, watched: Watched = {},
): Promise<RecordingSink> {
  const { log = silentLog, rpicam, ...settings } = watched;
  const stop = new AbortController();
  const sink = new RecordingSink();
  const camera = await openCamera(
    { source, stallTimeout: seconds(10), ...settings },
    { clock: systemClock, log, ...(rpicam === undefined ? {} : { rpicam }) }, stop.signal,
  );
  const run = camera.run(sink, stop.signal);
  try {
    await Promise.race([sink.until(seen, PATIENCE_MS), run]);
  } finally {
    stop.abort();
    await run;
  }
  return sink;
}

export const hasFragments = (sink: RecordingSink, count: number, session = 0): boolean =>
  (sink.sessions[session]?.fragments.length ?? 0) >= count;
