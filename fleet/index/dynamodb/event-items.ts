/** How events stand in the table: the event itself, its labels beside it, and what is left when it was deleted. */
import type { FleetFindings } from '../../../device/contract/fleet-findings.ts';
import { isContinuous, type TytoEvent } from '../../../device/contract/event.ts';
import { millis, type Millis } from '../../../device/core/units.ts';
import { labelsOf } from '../labels.ts';
import type { Place } from '../place.ts';
import { TOMBSTONE_LASTS, type IndexedEvent } from '../port.ts';
import type { VersionedRow } from '../take-in.ts';
import type { Item } from './connection.ts';
import { accountDay, dayOf, eventKey, labelMonth, monthOfDay, placeText, shardOf } from './keys.ts';

export function eventItem({ row, version }: VersionedRow, shards: number): Item {
  const { event, folder, ingestedAt, damage, sealed, account, held, findings } = row;
  const day = dayOf(event.id);
  return {
    ...eventKey(event),
    account_day: accountDay(account, isContinuous(event), day, shardOf(event.device, shards)), place: placeText(event),
    event: JSON.stringify(event), folder, ingested_at: ingestedAt, sealed, account,
    version, continuous: isContinuous(event),
    ...(damage === null ? {} : { damage: JSON.stringify(damage) }),
    ...(held.length === 0 ? {} : { held: JSON.stringify(held) }),
    ...(findings === undefined ? {} : { findings: JSON.stringify(findings) }),
  };
}

/** Undefined for what is left of a deleted one. JSON in it was written by `eventItem` alone. */
export function readEventItem(item: Item | undefined): VersionedRow | undefined {
  if (item === undefined || isTombstone(item)) return undefined;
  const damage = item['damage'];
  return {
    version: Number(item['version']),
    row: {
      event: JSON.parse(String(item['event'])) as TytoEvent,
      folder: String(item['folder']), ingestedAt: millis(Number(item['ingested_at'])),
      damage: damage === undefined ? null : JSON.parse(String(damage)) as IndexedEvent['damage'],
      sealed: item['sealed'] === true, account: String(item['account']),
      held: JSON.parse(String(item['held'] ?? '[]')) as IndexedEvent['held'],
      ...(item['findings'] === undefined ? {} : { findings: JSON.parse(String(item['findings'])) as FleetFindings }),
    },
  };
}

/** Bears no account's day: it is in no list. The table forgets it by itself. */
export const tombstone = (place: Place, at: Millis): Item =>
  ({ ...eventKey(place), deleted_at: at, expires_at: Math.floor((at + TOMBSTONE_LASTS) / 1000) });
export const isTombstone = (item: Item): boolean => item['deleted_at'] !== undefined;

/** An item for each label: an event has several, and an index of the table could hold one. */
export const labelItems = (row: IndexedEvent, shards: number): readonly Item[] => labelsOf(row).map((label) => ({
  pk: labelMonth(row.account, label, monthOfDay(dayOf(row.event.id)), shardOf(row.event.device, shards)),
  sk: placeText(row.event),
}));
