import { isDeepStrictEqual } from 'node:util';
import { RemoteError } from '../../device/core/errors.ts';
import { DEFAULT_ACCOUNT, type Filing, type IndexedEvent } from './port.ts';

/** A row of the index, as often as it was changed. */
export interface VersionedRow { readonly row: IndexedEvent; readonly version: number }

/**
 * What becomes of a row when `filing` takes its place; undefined when nothing does.
 *
 * @param version - That the caller saw.
 * @throws {RemoteError} `index.raced`
 */
export function takeIn(known: VersionedRow | undefined, filing: Filing, version: number): VersionedRow | undefined {
  const row: IndexedEvent = {
    ...filing,
    account: known?.row.account ?? filing.account ?? DEFAULT_ACCOUNT,
    held: filing.held ?? [],
    ...(known?.row.findings === undefined ? {} : { findings: { ...known.row.findings, ...filing.findings } }),
    ...(known && {
      folder: known.row.folder,
      ingestedAt: known.row.ingestedAt,
      damage: filing.damage ?? known.row.damage,
      sealed: filing.sealed || known.row.sealed,
    }),
  };
  if (known !== undefined && isDeepStrictEqual(known.row, row)) return undefined;
  if ((known?.version ?? 0) !== version) throw raced(filing);
  return { row, version: version + 1 };
}

export const raced = ({ event }: Pick<Filing, 'event'>): RemoteError => new RemoteError(
  'index.raced',
  `event ${event.id} of ${event.device} was changed in the index by another worker at the same time; it is tried again`,
);
