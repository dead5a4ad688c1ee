/**
 * Reads what devices report from the landing, where no ingest of ours does: for a fleet
 * whose landing is emptied elsewhere.
 */
import { buffer } from 'node:stream/consumers';
import { MAX_REPORT_BYTES, reportKey, reportSchema, type Report } from '../../device/contract/mail.ts';
import { jsonIn } from '../../device/core/json-in.ts';
import type { LandingReader } from '../../device/landing/port.ts';
import type { RequestRow } from './port.ts';

type Landing = Pick<LandingReader, 'open' | 'remove'>;

/**
 * What the device of a request last told of it; undefined for nothing that can be understood. It stays where it is: the
 * device may put another one in its place at any moment.
 */
export async function readReport(
  { device, id }: Pick<RequestRow, 'device' | 'id'>, landing: Landing, signal: AbortSignal,
): Promise<Report | undefined> {
  const object = await landing.open(reportKey(device, id), signal);
  if (object === undefined) return undefined;
  if (object.bytes > MAX_REPORT_BYTES) {
    object.body.destroy();
    return undefined;
  }
  const read = reportSchema.safeParse(jsonIn((await buffer(object.body)).toString('utf8')));
  return read.success && read.data.request === id ? read.data : undefined;
}

/** Of a request that is over. */
export const removeReport = (
  { device, id }: Pick<RequestRow, 'device' | 'id'>, landing: Landing, signal: AbortSignal,
): Promise<void> =>
  landing.remove(reportKey(device, id), signal);
