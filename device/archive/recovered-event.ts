/** What is known of an event when only its files, or only its beginning, survived. Pure. */
import type { ClipFile, MediaFile, TytoEvent } from '../contract/event.ts';
import type { MediaExtension, MediaName } from '../contract/names.ts';

/** An event told by the name of one of its files: that it was motion is a guess, where and how strong is not known. */
export function eventFromName({ eventId, device, camera }: MediaName): TytoEvent {
  const start = Number.parseFloat(eventId);
  return {
    id: eventId, device, camera, kinds: ['motion'], label: 'motion', start_time: start,
    end_time: null, frame_time: start,
    score: 0, top_score: 0, box: null, boxes: [], current_zones: [], entered_zones: [], tracks: [],
    crossings: [], faces: [], objects: [],
    has_clip: false, has_snapshot: false, clock: 'unsynced', clip: null, snapshot: null,
  };
}

export const withClip = (event: TytoEvent, clip: ClipFile | null): TytoEvent =>
  ({ ...event, clip, has_clip: clip !== null });

export type PictureExtension = Exclude<MediaExtension, 'mp4'>;

/** The event with a picture or preview that was found; itself where it has one of that kind. */
export function withPicture(event: TytoEvent, extension: PictureExtension, file: MediaFile): TytoEvent {
  switch (extension) {
    case 'jpg': return event.snapshot === null ? { ...event, snapshot: file, has_snapshot: true } : event;
    case 'thumb.jpg': return event.thumbnail === undefined ? { ...event, thumbnail: file } : event;
    case 'preview.mp4': return event.preview === undefined ? { ...event, preview: file } : event;
  }
}

/** The event without the picture or preview `name`, which is gone. */
export function withoutPicture({ thumbnail, preview, ...event }: TytoEvent, name: string): TytoEvent {
  const left = event.snapshot?.name === name ? { ...event, snapshot: null, has_snapshot: false } : event;
  return {
    ...left, ...(thumbnail === undefined || thumbnail.name === name ? {} : { thumbnail }),
    ...(preview === undefined || preview.name === name ? {} : { preview }),
  };
}

/** Ends an event that a crash left open: with its clip, or else with its last known moment. */
export function ended(event: TytoEvent): TytoEvent {
  if (event.end_time !== null) return event;
  const { start_time: start, frame_time: best, clip } = event;
  const clipEnd = clip === null ? start : clip.start_time + clip.duration;
  return { ...event, end_time: Math.max(start, best, clipEnd), current_zones: [] };
}
