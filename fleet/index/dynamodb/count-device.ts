/** What a device's item tells, and how it changes. Pure: each change counts once, however often it is repeated. */
import { millis, type Millis } from '../../../device/core/units.ts';
import type { DeviceRow } from '../port.ts';
import type { Item } from './connection.ts';
import { accountShard, digest, shardOf } from './keys.ts';

export interface DeviceChange {
  readonly account: string;
  readonly device: string;
  /** The same for a repetition of the same change, and for no other. */
  readonly token: string;
  readonly events: number;
  readonly bytes: number;
  /** Of an event that came: when it was filed, when it began, and the month of that. */
  readonly seen?: { readonly at: Millis; readonly eventAt: Millis; readonly month: string };
}

/**
 * As many of the latest changes are known, so that their repetition counts nothing. With them an item stays below 1 KB.
 */
const TOKENS = 48;
const TOKEN_LENGTH = 10;

/** @returns Undefined when `known` has this change already. */
export function countDevice(known: Item | undefined, change: DeviceChange, shards: number): Item | undefined {
  const { account, device, events, bytes, seen } = change;
  const token = digest(change.token, TOKEN_LENGTH);
  const tokens = words(known, 'tokens');
  if (tokens.includes(token)) return undefined;
  const months = new Set([...words(known, 'months'), ...(seen === undefined ? [] : [seen.month])]);
  return {
    device, account, account_shard: accountShard(account, shardOf(device, shards)),
    first_seen: number(known, 'first_seen') || (seen?.at ?? 0),
    last_seen: Math.max(number(known, 'last_seen'), seen?.at ?? 0),
    last_event_at: Math.max(number(known, 'last_event_at'), seen?.eventAt ?? 0),
    events: number(known, 'events') + events, bytes: number(known, 'bytes') + bytes,
    months: [...months].toSorted().join(' '),
    tokens: [...tokens, token].slice(-TOKENS).join(' '), rev: number(known, 'rev') + 1,
  };
}

/** Months in which the device has events. */
export const monthsOf = (item: Item): readonly string[] => words(item, 'months');

/** Whether nothing was counted of it before `token`. */
export const isFirst = (item: Item, token: string): boolean => item['tokens'] === digest(token, TOKEN_LENGTH);

export const readDevice = (item: Item): DeviceRow => ({
  account: String(item['account']), device: String(item['device']),
  firstSeen: millis(number(item, 'first_seen')), lastSeen: millis(number(item, 'last_seen')),
  events: number(item, 'events'), bytes: number(item, 'bytes'), lastEventAt: millis(number(item, 'last_event_at')),
});

const number = (item: Item | undefined, name: string): number => Number(item?.[name] ?? 0);
const words = (item: Item | undefined, name: string): readonly string[] =>
  String(item?.[name] ?? '').split(' ').filter((word) => word !== '');
