/**
 * Ingest as functions that a cloud calls: one for notifications of what was put into the landing, one that
 * is called every few minutes and looks through it for what no notification tells of. Both may be called
 * at the same time, twice, and late.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { describeError, isAbort } from '../../../device/core/errors.ts';
import type { Log } from '../../../device/core/log.ts';
import { millis, minutes } from '../../../device/core/units.ts';
import { makeFolder } from '../../../device/durable/make-folder.ts';
import { deal } from '../deal.ts';
import type { Outcome } from '../ingest-event.ts';
import { IngestLog } from '../ingest-log.ts';
import { dutyOf, manifestKeyBeside, prefixOf, type Duty } from '../landing-key.ts';
import type { IngestParts, Landed } from '../ports.ts';
import { putRecords, type PutRecord } from './s3-records.ts';

/** Of a batch of SQS, what is read here. */
export interface QueueBatch { readonly Records: readonly { readonly messageId: string; readonly body: string }[] }
/** Those that are to come again; the queue puts what has come too often aside. */
export interface BatchAnswer { readonly batchItemFailures: { readonly itemIdentifier: string }[] }
/** What AWS Lambda tells of a call. */
export interface CallContext { getRemainingTimeInMillis(): number }

export interface SweepAnswer {
  readonly looked: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Tried, and to be tried again. */
  readonly failed: number;
  /** Whether it came to the end of the landing before its time was out. */
  readonly whole: boolean;
}

export interface CloudOptions {
  /** All but `work`, and a reader of reports: those are left to the program that keeps the requests. */
  readonly parts: Omit<IngestParts, 'work' | 'reports'>;
  /** The landing, as notifications name it. */
  readonly bucket: string;
  /** What keys in the bucket begin with, with or without a slash at its end: the landing knows them without. */
  readonly prefix: string;
  /** A folder that outlives the call at most by accident. */
  readonly scratch: string;
  readonly log: Log;
}

/** Kept back from each call: for its answer, and for what does not stop at once. */
const RESERVE_MS = 5000;
/** What a notification was sent for is left to that for so long. */
const GRACE = minutes(2);

export class CloudHandlers {
  readonly #options: CloudOptions;
  readonly #log: IngestLog;
  /** With a slash at its end, or empty. */
  readonly #prefix: string;
  constructor(options: CloudOptions) {
    this.#options = options;
    this.#prefix = options.prefix.replace(/([^/])$/, '$1/');
    this.#log = new IngestLog(options.log, () => options.parts.clock.monotonic());
  }

  /** Messages that could not be dealt with in time, or because a store failed, are named in the answer. */
  async batch({ Records: messages }: QueueBatch, context: CallContext): Promise<BatchAnswer> {
    const signal = deadlineOf(context);
    const batchItemFailures: { readonly itemIdentifier: string }[] = [];
    for (const { messageId, body } of messages) {
      const isDone = !signal.aborted && await this.#message(body, signal);
      if (!isDone) batchItemFailures.push({ itemIdentifier: messageId });
    }
    return { batchItemFailures };
  }

  /**
   * Everything in the landing that has lain there for a while: files without a manifest, events whose files or
   * notifications were lost, old answers. One that takes long gets a third of the time that is left, and with it all
   * that lies below its prefix waits for the next sweep: nobody keeps what lies behind him from being found.
   */
  async sweep(context: CallContext): Promise<SweepAnswer> {
    const { parts: { landing, clock, limits } } = this.#options;
    const signal = deadlineOf(context);
    const answer = { looked: 0, accepted: 0, rejected: 0, failed: 0, whole: false };
    const slow = new Set<string>();
    try {
      let cursor: string | undefined;
      do {
        const page = await landing.list('', cursor, signal);
        for (const { key, modifiedAt } of page.entries) {
          signal.throwIfAborted();
          answer.looked++;
          const age = millis(Math.max(0, clock.now() - modifiedAt));
          const duty = age < GRACE || slow.has(prefixOf(key)) ? undefined : dutyOf(key, age, limits);
          if (duty === undefined || duty === 'report') continue;
          const share = AbortSignal.timeout(Math.floor(timeLeft(context) / 3));
          const came = await this.#try(duty, { key, modifiedAt, age }, AbortSignal.any([signal, share]));
          if (came === 'failed' && share.aborted) {
            slow.add(prefixOf(key));
            this.#options.log.warn(
              'an upload takes more than its share of a sweep; what lies below its prefix waits for the next', { key },
            );
          }
          if (came === 'accepted' || came === 'rejected' || came === 'failed') answer[came]++;
        }
        cursor = page.next;
      } while (cursor !== undefined);
      return { ...answer, whole: true };
    } catch (error) {
      if (signal.aborted || isAbort(error, signal)) return answer;
      throw error;
    }
  }

  async #message(body: string, signal: AbortSignal): Promise<boolean> {
    let records: readonly PutRecord[];
    try {
      records = putRecords(body);
    } catch (error) {
      this.#options.log.error('a message of the queue cannot be understood', { reason: describeError(error) });
      return false;
    }
    for (const record of records) if (!await this.#record(record, signal)) return false;
    return true;
  }

  /** @returns Whether nothing more is to be done about it. */
  async #record({ bucket, key: whole, at }: PutRecord, signal: AbortSignal): Promise<boolean> {
    const { bucket: own, parts: { clock, limits } } = this.#options;
    if (bucket !== own) {
      this.#options.log.error('the queue tells of another bucket than the landing', { bucket, landing: own });
      return false;
    }
    if (!whole.startsWith(this.#prefix)) return true;
    const key = whole.slice(this.#prefix.length);
    const age = millis(Math.max(0, clock.now() - at));
    // What does not lie there as a file of ours is the sweep's, once it is old.
    if (dutyOf(key, millis(0), limits) === 'event')
      return await this.#try('event', { key, modifiedAt: at, age }, signal) !== 'failed';
    const manifest = manifestKeyBeside(key);
    // A file that came after its manifest: that was left waiting for it, and is not told of
    // again. How long, the sweep knows.
    return manifest === undefined
      || await this.#try('event', { key: manifest, modifiedAt: at, age: millis(0) }, signal) !== 'failed';
  }

  async #try(duty: Duty, landed: Landed, signal: AbortSignal): Promise<Outcome['outcome'] | 'failed'> {
    const { scratch } = this.#options;
    await makeFolder(scratch, 0o700);
    const folder = await mkdtemp(path.join(scratch, 'job-'));
    try {
      const done = await deal(duty, landed, folder, { ...this.#options.parts, work: scratch, reports: NOBODY }, signal);
      if (done.outcome === 'accepted') this.#log.accepted(done.event, done);
      if (done.outcome === 'rejected') this.#log.rejected(done.record);
      return done.outcome;
    } catch (error) {
      if (!signal.aborted) this.#log.heldBack(landed.key, error);
      return 'failed';
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Reports are not dealt with here. */
const NOBODY = { take: () => Promise.resolve() };

const timeLeft = (context: CallContext): number =>
  Math.max(0, Math.floor(context.getRemainingTimeInMillis() - RESERVE_MS));

function deadlineOf(context: CallContext): AbortSignal {
  const left = timeLeft(context);
  return left > 0 ? AbortSignal.timeout(left) : AbortSignal.abort();
}
