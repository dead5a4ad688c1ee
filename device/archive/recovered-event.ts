/** What is known of an event when only its files, or only its beginning, survived. Pure. */
import type { ClipFile, MediaFile, TytoEvent } from '../contract/event.ts';
import type { MediaName } from '../contract/names.ts';

/** An event told by the name of one of its files: that it was motion is a guess, where and how strong is not known. */
export function eventFromName({ eventId, device, camera }: MediaName): TytoEvent {
  const start = Number.parseFloat(eventId);
  return {
    id: eventId, device, camera, kinds: ['motion'], label: 'motion', start_time: start, end_time: null, frame_time: start,
    score: 0, top_score: 0, box: null, boxes: [], current_zones: [], entered_zones: [], tracks: [], crossings: [], faces: [], objects: [],
    has_clip: false, has_snapshot: false, clock: 'unsynced', clip: null, snapshot: null,
  };
}

export const withClip = (event: TytoEvent, clip: ClipFile | null): TytoEvent => ({ ...event, clip, has_clip: clip !== null });

export const withSnapshot = (event: TytoEvent, snapshot: MediaFile | null): TytoEvent =>
  ({ ...event, snapshot, has_snapshot: snapshot !== null });

/** Ends an event that a crash left open: with its clip, or else with its last known moment. */
export function ended(event: TytoEvent): TytoEvent {
  if (event.end_time !== null) return event;
  const { start_time: start, frame_time: best, clip } = event;
  const clipEnd = clip === null ? start : clip.start_time + clip.duration;
  return { ...event, end_time: Math.max(start, best, clipEnd), current_zones: [] };
}
