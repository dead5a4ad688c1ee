/** What a queue's message says of the landing: the notification of a bucket, as it is or inside one of SNS. */
import { z } from 'zod';
import { describeIssues } from '../../../device/contract/event.ts';
import { BugError } from '../../../device/core/errors.ts';
import { jsonIn } from '../../../device/core/json-in.ts';
import { millis, type Millis } from '../../../device/core/units.ts';

/** An object that was put. */
export interface PutRecord { readonly bucket: string; readonly key: string; readonly at: Millis }

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const s3Record = z.object({
  eventSource: z.string().regex(/:s3$/, 'a record of S3'),
  eventName: z.string(),
  eventTime: z.iso.datetime({ offset: true }),
  s3: z.object({ bucket: z.object({ name: z.string().min(1) }), object: z.object({ key: z.string().min(1) }) }),
});
const notification = z.union([
  z.object({ Records: z.array(s3Record) }),
  // Sent once, when the notification is set up.
  z.object({ Event: z.literal('s3:TestEvent') }),
]);
const wrapped = z.object({ Type: z.literal('Notification'), Message: z.string() });

/**
 * @param body - Of the message.
 * @throws {BugError} `lambda.message` when it is none of a bucket: it belongs with those that nobody could deal with.
 */
export function putRecords(body: string): readonly PutRecord[] {
  const raw = jsonIn(body);
  const inner = wrapped.safeParse(raw);
  const told = notification.safeParse(inner.success ? jsonIn(inner.data.Message) : raw);
  if (!told.success) throw new BugError(
    'lambda.message', `expected a notification of S3, got something else: ${describeIssues(told.error).slice(0, 300)}`,
  );
  const records = 'Records' in told.data ? told.data.Records : [];
  return records.filter(({ eventName }) => /ObjectCreated:/.test(eventName)).map(({ eventTime, s3 }) => ({
    bucket: s3.bucket.name, key: decodeKey(s3.object.key), at: millis(Date.parse(eventTime)),
  }));
}

/** Keys are told as a form tells them; one that is none (`%zz`) is taken as it stands. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
