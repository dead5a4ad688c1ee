/** Takes an event out of library and index for good. */
import { isDeepStrictEqual } from 'node:util';
import { findingFiles, FINDINGS_FOLDER } from '../device/contract/fleet-findings.ts';
import { manifestFiles } from '../device/contract/manifest.ts';
import type { Millis } from '../device/core/units.ts';
import type { FleetIndex, IndexedEvent } from './index/port.ts';
import type { LibraryStore } from './storage/port.ts';

/**
 * Media first, then the row: what was interrupted is found and repeated. What more of the event comes meanwhile goes
 * with it; ingest itself takes out what it was putting there while the row went.
 *
 * @param now - Wall clock.
 * @returns False when there is no such event.
 */
export async function deleteEvent(
  { device, id }: { readonly device: string; readonly id: string },
  index: Pick<FleetIndex, 'event' | 'remove'>, library: Pick<LibraryStore, 'remove'>, now: () => Millis,
): Promise<boolean> {
  let row = await index.event(device, id);
  for (let gone: IndexedEvent | undefined; row !== undefined
    && !isDeepStrictEqual(row, gone); row = await index.event(device, id)) {
    for (const key of keysOf(row)) await library.remove(key);
    gone = row;
  }
  return row !== undefined && index.remove(device, id, now());
}

/**
 * What of an event lies in the library. The manifest last: what is left of a removal that was
 * broken off is found, and repeated.
 */
const keysOf = ({ event, folder, findings = {} }: IndexedEvent): readonly string[] => [
  ...manifestFiles(event).map(({ name }) => folder + name),
  ...findingFiles(findings).map(({ name }) => folder + FINDINGS_FOLDER + name),
  `${folder}${event.id}.json`,
];
