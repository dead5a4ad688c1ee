/** Whether a track is shown as it is (ISO/IEC 14496-12, 8.6.6). Pure. */
import { findBox, findPath, viewOf } from '../../contract/mp4-boxes.ts';

/** Times of showing, in ticks of the track. */
export interface ShownSpan { readonly first: number; readonly last: number }

/** True when no picture of `span` is cut off, repeated, slowed or delayed by the edit list of `track`. */
export function hasPlainTimeline(track: Uint8Array, moov: Uint8Array, timescale: number, span: ShownSpan): boolean {
  const list = findPath(track, 'edts', 'elst');
  if (list === undefined) return true;
  const view = viewOf(list);
  if (view.getUint32(12) === 0) return true;
  const header = findBox(moov, 'mvhd', 8);
  if (header === undefined || view.getUint32(12) !== 1) return false;
  const wide = list[8] === 1;
  const duration = wide ? Number(view.getBigUint64(16)) : view.getUint32(16);
  const from = wide ? Number(view.getBigInt64(24)) : view.getInt32(20);
  const rate = view.getUint32(wide ? 32 : 24);
  const movieTimescale = viewOf(header).getUint32(header[8] === 1 ? 28 : 20);
  const until = from + Math.floor(duration * timescale / movieTimescale);
  return rate === 0x0001_0000 && from >= 0 && from <= span.first && span.last < until;
}
