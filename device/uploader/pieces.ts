/** Pieces of continuous recording as the events that they go up as: pure. */
import { CONTINUOUS, type TytoEvent } from '../contract/event.ts';
import { pieceNames } from '../contract/piece-names.ts';

/** A piece as the catalogue has it, times in Unix seconds. */
export interface Piece {
  /** Of its file. */
  readonly name: string;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

/** @returns Undefined for one that is not complete. */
export function pieceEvent(piece: Piece, isEncrypted: boolean): TytoEvent | undefined {
  const named = pieceNames(piece.name);
  const { start_time: start, end_time: end, bytes, sha256, codec, width, height } = piece;
  if (named === undefined
    || end === null
    || bytes === null
    || sha256 === null
    || codec === null
    || width === null
    || height === null)
    return undefined;
  const { id, device, camera, start_time: begun, clip } = named;
  return {
    id, device, camera, kinds: [CONTINUOUS], label: CONTINUOUS, start_time: begun,
    end_time: end, frame_time: begun,
    score: 0, top_score: 0, box: null, boxes: [], current_zones: [], entered_zones: [], tracks: [],
    crossings: [], faces: [], objects: [],
    has_clip: true, has_snapshot: false, clock: 'synced',
    clip: {
      name: clip, bytes, sha256, ...(isEncrypted ? { encrypted: true } : {}),
      start_time: start, duration: end - start, codec, width, height,
    },
    snapshot: null,
  };
}
