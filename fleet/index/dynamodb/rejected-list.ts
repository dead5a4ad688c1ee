/** What was rejected, in DynamoDB: an item by key, and a list of each month in shards. */
import { millis } from '../../../device/core/units.ts';
import { badCursor } from '../place.ts';
import type { Page, Rejection } from '../port.ts';
import type { DynamoConnection, Item } from './connection.ts';
import { dayOf, momentText, monthOfDay, MONTHS_OF_REJECTED, rejectedMonth, shardOf } from './keys.ts';
import { walk } from './walk.ts';

export function rejectionItem(rejection: Rejection, shards: number): Item {
  const { key, device, code, message, rejectedAt, folder, objects, delivery } = rejection;
  return {
    key, device, code, message, rejected_at: rejectedAt, folder, objects: JSON.stringify(objects),
    delivery, finished: false,
    month_shard: rejectedMonth(monthOfDay(dayOf(rejectedAt)), shardOf(device, shards)),
    moment: momentText(rejectedAt, key),
  };
}

export const readRejection = (item: Item): Rejection => ({
  key: String(item['key']), device: String(item['device']),
  code: String(item['code']), message: String(item['message']),
  rejectedAt: millis(Number(item['rejected_at'])), folder: String(item['folder']), delivery: String(item['delivery']),
  objects: JSON.parse(String(item['objects'])) as Rejection['objects'],
});

/** Newest first, by the clocks of those who rejected. */
export async function listRejected(
  connection: DynamoConnection, shards: number, { before, limit }: { readonly before?: string; readonly limit: number },
): Promise<Page<Rejection>> {
  if (before !== undefined && !/^\d{14}\.[0-9a-f]{16}$/.test(before)) throw badCursor();
  const known = await connection.query({ table: 'devices', hash: MONTHS_OF_REJECTED, order: 'falling' });
  const latest = before === undefined ? '~' : monthOfDay(dayOf(millis(Number(before.slice(0, 14)))));
  const months = known.map((item) => String(item['account'])).filter((month) => month <= latest);
  const items = await walk(months, limit + 1, async (month) => {
    const each = await Promise.all(Array.from({ length: shards }, (_, shard) => connection.query({
      table: 'rejected', index: 'by-time', hash: rejectedMonth(month, shard), order: 'falling', limit: limit + 1,
      ...(before === undefined ? {} : { below: before }),
    })));
    return each.flat().toSorted((a, b) => (String(a['moment']) > String(b['moment']) ? -1 : 1));
  });
  const shown = items.slice(0, limit);
  return { rows: shown.map(readRejection), next: items.length > limit ? String(shown.at(-1)?.['moment']) : undefined };
}
