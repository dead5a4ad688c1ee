/** What a piece of continuous recording is called where it goes up, as an event of its own. */
import type { TytoEvent } from './event.ts';
import { parseSegmentFileName } from './media-path.ts';
import { mediaFileName, pieceEventId } from './names.ts';

export interface PieceNames extends Pick<TytoEvent, 'id' | 'device' | 'camera' | 'start_time'> {
  /** Of its clip. */
  readonly clip: string;
}

/** @param file - As it is recorded. @returns Undefined for what is no such piece. */
export function pieceNames(file: string): PieceNames | undefined {
  const named = parseSegmentFileName(file);
  if (named?.kind !== 'continuous') return undefined;
  const { at, device, camera } = named;
  const id = pieceEventId(at, file);
  const clip = mediaFileName({ at, device, camera, eventId: id, extension: 'mp4' });
  return { id, device, camera, start_time: at / 1000, clip };
}
