/** Events and folders for the tests of this room. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ClipFile, TytoEvent } from '../../device/contract/event.ts';
import { eventId, mediaFileName } from '../../device/contract/names.ts';
import { millis } from '../../device/core/units.ts';

/** Wall clock from which the tests count. */
export const dawn = millis(Date.UTC(2026, 10, 21, 6, 0, 0));

export const idAt = (second: number): string => eventId(millis(dawn + second * 1000), 0.5);

/** An event that began `second` seconds after dawn; open unless `lasted` says how long it was. */
export function eventAt(second: number, { lasted, camera = 'yard', clip = null, score = 0.5 }: {
  readonly lasted?: number; readonly camera?: string; readonly clip?: ClipFile | null; readonly score?: number;
} = {}): TytoEvent {
  const start = dawn / 1000 + second;
  return {
    id: idAt(second), device: 'barn', camera, kinds: ['motion'], label: 'motion', start_time: start,
    end_time: lasted === undefined ? null : start + lasted, frame_time: start + 1, score, top_score: score,
    box: null, boxes: [[0.1, 0.2, 0.3, 0.4]],
    current_zones: [], entered_zones: [], tracks: [], crossings: [], faces: [], objects: [],
    has_clip: clip !== null, has_snapshot: false, clock: 'synced', clip, snapshot: null,
  };
}

/** The recording of an event that began `second` seconds after dawn; `length` in seconds. */
export function recordingAt(second: number, length = 10) {
  const startedAt = millis(dawn + second * 1000 - 5000);
  const name = mediaFileName({
    at: startedAt, device: 'barn', camera: 'yard', eventId: idAt(second), extension: 'mp4',
  });
  const clip: ClipFile = {
    name, bytes: 1000, sha256: 'a'.repeat(64), start_time: startedAt / 1000, duration: length,
    codec: 'avc1.64001f', width: 160, height: 120,
  };
  return {
    name, class: 'event' as const, camera: 'yard', eventId: idAt(second), startedAt, clip,
    fault: null, lost: { duration: millis(0) },
  };
}

/** A folder of its own that goes with the test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-archive-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
