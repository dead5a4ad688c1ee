/** How the index's rows stand in SQLite. */
import type { SQLInputValue } from 'node:sqlite';
import type { FleetFindings } from '../../device/contract/fleet-findings.ts';
import { isContinuous, type TytoEvent } from '../../device/contract/event.ts';
import { millis } from '../../device/core/units.ts';
import type { SqliteRow } from '../../device/durable/sqlite.ts';
import { bytesOf } from './labels.ts';
import type { DeviceRow, IndexedEvent, Rejection } from './port.ts';
import type { VersionedRow } from './take-in.ts';

export const time = (value: SqliteRow[string] | undefined) => millis(Number(value));

/** Values for the columns of `events`, by name. */
export function eventColumns({ row, version }: VersionedRow): Record<string, SQLInputValue> {
  const { event, folder, ingestedAt, damage, sealed, account, held, findings } = row;
  return {
    id: event.id, device: event.device, event: JSON.stringify(event), folder, ingested_at: ingestedAt,
    damage: damage === null ? null : JSON.stringify(damage), sealed: Number(sealed),
    account, held: JSON.stringify(held),
    findings: findings === undefined ? null : JSON.stringify(findings),
    bytes: bytesOf(row), version, continuous: Number(isContinuous(event)),
    motion: Number(event.kinds.includes('motion')),
    clip: Number(event.has_clip),
  };
}

/** What is JSON was written by `eventColumns` alone. */
export const readEvent = (row: SqliteRow): VersionedRow => ({
  version: Number(row['version']),
  row: {
    event: JSON.parse(String(row['event'])) as TytoEvent,
    folder: String(row['folder']),
    ingestedAt: time(row['ingested_at']),
    damage: typeof row['damage'] === 'string' ? JSON.parse(row['damage']) as IndexedEvent['damage'] : null,
    sealed: row['sealed'] === 1,
    account: String(row['account']),
    held: JSON.parse(String(row['held'])) as IndexedEvent['held'],
    ...(typeof row['findings'] === 'string' ? { findings: JSON.parse(row['findings']) as FleetFindings } : {}),
  },
});

export const readDevice = (row: SqliteRow): DeviceRow => ({
  account: String(row['account']),
  device: String(row['device']),
  events: Number(row['events']),
  bytes: Number(row['bytes']),
  firstSeen: time(row['first_seen']),
  lastSeen: time(row['last_seen']),
  lastEventAt: time(row['last_event_at']),
});

export const readRejection = (row: SqliteRow): Rejection => ({
  key: String(row['key']),
  device: String(row['device']),
  code: String(row['code']),
  message: String(row['message']),
  rejectedAt: time(row['rejected_at']),
  folder: String(row['folder']),
  delivery: String(row['delivery']),
  objects: JSON.parse(String(row['objects'])) as Rejection['objects'],
});
