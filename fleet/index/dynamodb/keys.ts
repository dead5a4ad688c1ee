/** Under which keys what stands in the tables: no key is written to by more than a share of the fleet at a time. */
import { createHash } from 'node:crypto';
import type { Millis } from '../../../device/core/units.ts';
import type { Place } from '../place.ts';

/** `20261121`, of an event's id or a moment. */
export const dayOf = (at: string | Millis): string =>
  new Date(typeof at === 'string' ? Number.parseFloat(at) * 1000 : at).toISOString().slice(0, 10).replaceAll('-', '');
export const monthOfDay = (day: string): string => day.slice(0, 6);

/** Every day of a month, latest first. */
export function daysOf(month: string): readonly string[] {
  const count = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(4)), 0)).getUTCDate();
  return Array.from({ length: count }, (_, i) => `${month}${String(count - i).padStart(2, '0')}`);
}

/** All of a device goes to one shard, of all devices about as much to each. */
export const shardOf = (device: string, shards: number): number =>
  createHash('sha256').update(device).digest().readUInt32BE() % shards;

export const eventKey = ({ device, id }: Place): { readonly pk: string; readonly sk: string } =>
  ({ pk: deviceDay(device, dayOf(id)), sk: id });
export const deviceDay = (device: string, day: string): string => `D#${device}#${day}`;
/** Continuous recording stands apart: nobody who does not ask for it reads over it. */
export const accountDay = (account: string, continuous: boolean, day: string, shard: number): string =>
  `${continuous ? 'C' : 'A'}#${account}#${day}#${shard}`;
export const labelMonth = (account: string, label: string, month: string, shard: number): string =>
  `L#${account}#${label}#${month}#${shard}`;
export const accountShard = (account: string, shard: number): string => `A#${account}#${shard}`;
export const newsDay = (day: string, shard: number): string => `N#${day}#${shard}`;
export const rejectedMonth = (month: string, shard: number): string => `R#${month}#${shard}`;

/** Sorts as places do: ids are of one length. */
export const placeText = ({ id, device }: Place): string => `${id}#${device}`;
export function readPlace(text: string): Place {
  const at = text.indexOf('#');
  return { id: text.slice(0, at), device: text.slice(at + 1) };
}

/** Items of the table of devices that are none: no device has such a name. */
export const ACCOUNTS = '#accounts';
export const monthsOfAccount = (account: string): string => `#months ${account}`;
export const peopleOfAccount = (account: string): string => `#people ${account}`;
export const MONTHS_OF_REJECTED = '#rejected';

/** A short stand-in for a longer text. */
export const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);
/** Sorts by time as text. */
export const momentText = (at: Millis, of: string): string => `${String(at).padStart(14, '0')}.${digest(of, 16)}`;
