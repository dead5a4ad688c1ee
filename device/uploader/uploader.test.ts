import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedEvent, keysOf, ListedEvents } from '../../test/fixtures/ended-events.ts';
import { ScriptedLanding } from '../../test/fixtures/scripted-landing.ts';
import { manifestSchema } from '../contract/manifest.ts';
import { ConfigError, DeviceError, RemoteError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { millis, minutes, seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { RETRY } from './retry.ts';
import { allBandwidth } from './bandwidth.ts';
import { Mail } from './mail.ts';
import { CLASSES } from './plan.ts';
import { uploadPolicy, type UploadPolicy } from './policy.ts';
import { nextItem } from './next-item.ts';
import { UploadQueue } from './queue.ts';
import type { UploaderStatus } from './status.ts';
import { Uploader } from './uploader.ts';

/** What goes of an event first, and what last. */
const news = (n: number): readonly string[] => [keysOf(n)[0] ?? '', keysOf(n)[2] ?? ''];
const rest = (n: number): readonly string[] => keysOf(n).slice(1);

const idle = {
  to: '', pending: 0, uploaded: 0, acknowledged: 0, refused: 0, dead: 0, gone: 0, elsewhere: 0,
  store: 'first', held_back: null, rate: 0, requests: 0, problem: null, refusals: [],
};

const offline = (): Error => new RemoteError('s3.unreachable', 'no network');
const denied = (): Error => new ConfigError('s3.access-denied', 'not allowed');
const gone = (): Error => new DeviceError('landing.source-missing', 'the clip is not there');

describe('uploader', () => {
  let folder: string;
  let queue: UploadQueue;
  let landing: ScriptedLanding;
  let events: ListedEvents;
  let clock: VirtualClock;
  let statuses: UploaderStatus[];
  let warnings: string[];
  let errors: string[];
  let stop: AbortController;
  let running: Promise<void>;
  let policy: UploadPolicy;
  let storeName: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-uploader-'));
    landing = new ScriptedLanding();
    events = new ListedEvents();
    clock = new VirtualClock(millis(1_795_300_000_000));
    statuses = [];
    warnings = [];
    errors = [];
    storeName = 'one';
    policy = uploadPolicy('events');
    open();
  });
  afterEach(async () => {
    await end();
    queue[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });

  function open(): void { queue = UploadQueue.open(path.join(folder, 'uploads.db'), policy, silentLog); }
  function begin(target: 's3' | 'none' = 's3'): void {
    stop = new AbortController();
    const into = (lines: string[]) => (message: string, fields?: object): void => {
      lines.push(`${message} ${JSON.stringify(fields)}`);
    };
    const log = { ...silentLog, warn: into(warnings), error: into(errors) };
    const shared = { queue, events, device: 'yard', clock, random: () => 0.5, log };
    running = new Uploader({
      ...shared, target, store: target === 'none' ? undefined : { name: storeName, landing }, mediaFolder: folder,
      policy, bandwidth: () => allBandwidth,
      mail: target === 'none' ? undefined : new Mail({ ...shared, every: minutes(2) }), retry: RETRY,
      onStatus: (status) => { statuses.push(status); },
    }).run(stop.signal);
  }
  async function end(): Promise<void> {
    stop.abort(new Error('stop'));
    await running;
  }
  const happen = (...numbers: readonly number[]): void => {
    for (const n of numbers) events.rows.push({ seq: events.rows.length + 1, event: endedEvent(n) });
  };
  const status = () => statuses.at(-1);
  const counts = () => [status()?.pending, status()?.uploaded, status()?.refused];

  it('sends pictures and manifests of all events first, then their clips, the newest first', async () => {
    happen(1, 2, 3);
    begin();
    await clock.advance(seconds(1));
    assert.deepEqual(landing.puts, [...news(3), ...news(2), ...news(1), ...rest(3), ...rest(2), ...rest(1)]);
    assert.deepEqual(landing.content.get(keysOf(3)[1] ?? '')?.sha256, endedEvent(3).clip?.sha256);
    assert.deepEqual(manifestSchema.parse(landing.manifest(3)).event, endedEvent(3));
    assert.deepEqual(counts(), [0, 3, 0]);
  });

  it('notices an event within a second of its end, and sends none twice', async () => {
    begin();
    happen(1);
    await clock.advance(seconds(1));
    await clock.advance(seconds(1));
    await clock.advance(minutes(60));
    assert.deepEqual(landing.puts, [...news(1), ...rest(1)]);
  });

  it('sends what has no picture and no clip as a manifest alone', async () => {
    events.rows.push({
      seq: 1, event: { ...endedEvent(1), clip: null, snapshot: null, has_clip: false, has_snapshot: false },
    });
    begin();
    await clock.advance(seconds(1));
    assert.deepEqual(landing.puts, keysOf(1).slice(2));
  });

  it('goes on after a restart with what was missing', async () => {
    happen(1);
    landing.putFault = (key) => (key.endsWith('.mp4') ? offline() : undefined);
    begin();
    await clock.advance(seconds(1));
    await end();
    landing.putFault = () => undefined;
    landing.puts.length = 0;
    begin();
    await clock.advance(seconds(10));
    assert.deepEqual(landing.puts, keysOf(1).slice(1));
  });

  it('sends an unfinished event whole to another store, and finished ones not again', async () => {
    happen(1, 2);
    landing.putFault = (key) => (key === keysOf(1)[1] ? offline() : undefined);
    begin();
    await clock.advance(seconds(1));
    await end();
    assert.deepEqual(counts(), [1, 1, 0]);
    landing = new ScriptedLanding();
    storeName = 'two';
    begin();
    await clock.advance(seconds(1));
    assert.deepEqual(landing.puts, [...news(1), ...rest(1)]);
  });

  it('says at once when the store does not take us, event or no event, and when it does again', async () => {
    landing.listFault = denied;
    begin();
    await clock.advance(seconds(1));
    assert.deepEqual(status()?.problem, { code: 's3.access-denied', message: 'not allowed' });
    landing.listFault = () => undefined;
    happen(1);
    await clock.advance(seconds(1));
    assert.equal(status()?.problem, null);
  });

  it('keeps all events pending while there is no network, asks without sending, and sends all when it is back', async () => {
    landing.listFault = landing.putFault = offline;
    happen(1, 2, 3);
    begin();
    await clock.advance(minutes(6 * 60));
    assert.deepEqual([landing.puts, counts()], [[], [3, 0, 0]]);
    assert.ok(landing.lists >= 720 && landing.lists < 1500, `${landing.lists} times in six hours`);
    assert.equal(warnings.length, 1);
    landing.listFault = landing.putFault = () => undefined;
    await clock.advance(minutes(2));
    assert.deepEqual(counts(), [0, 3, 0]);
    assert.deepEqual(landing.puts, [...news(3), ...news(2), ...news(1), ...rest(3), ...rest(2), ...rest(1)]);
  });

  it('sends an event at once after an outage that broke it off, without waiting for its own time', async () => {
    happen(1);
    begin();
    await clock.advance(seconds(2));
    landing.listFault = landing.putFault = offline;
    happen(2);
    await clock.advance(minutes(60));
    assert.equal(landing.puts.filter((key) => key === keysOf(2)[0]).length, 1);
    landing.listFault = landing.putFault = () => undefined;
    await clock.advance(minutes(2));
    assert.deepEqual(counts(), [0, 2, 0]);
  });

  it('does not let an event that the store fails on hold up the others', async () => {
    happen(1, 2, 3, 4, 5);
    landing.putFault = (key) => (keysOf(5).includes(key) ? new RemoteError('s3.failing', 'HTTP 500') : undefined);
    begin();
    await clock.advance(seconds(12));
    assert.deepEqual(counts(), [1, 4, 0]);
    assert.ok(statuses.some(({ uploaded, problem }) => uploaded === 4 && problem === null));
    await clock.advance(minutes(120));
    const tries = landing.puts.filter((key) => keysOf(5).includes(key)).length;
    assert.ok(tries >= 8 && tries <= 25, `tried ${tries} times in two hours`);
    landing.putFault = () => undefined;
    await clock.advance(minutes(15));
    assert.deepEqual(counts(), [0, 5, 0]);
  });

  it('shows a refused event with its reason, tries it ever more rarely, and never counts it as uploaded', async () => {
    happen(1, 2);
    landing.putFault = (key) => (keysOf(2).includes(key) ? denied() : undefined);
    begin();
    await clock.advance(minutes(6 * 60));
    assert.deepEqual(counts(), [0, 1, 1]);
    const [refusal] = status()?.refusals ?? [];
    assert.deepEqual(
      [refusal?.event, refusal?.code, refusal?.reason], [endedEvent(2).id, 's3.access-denied', 'not allowed'],
    );
    const tries = landing.puts.filter((key) => keysOf(2).includes(key)).length;
    assert.ok(tries >= 10 && tries <= 22, `tried ${tries} times in six hours`);
    landing.putFault = () => undefined;
    await clock.advance(minutes(61));
    assert.deepEqual(counts(), [0, 2, 0]);
    assert.deepEqual(status()?.refusals, []);
  });

  it('burns few tries on a store that refuses everything, and loses nothing by it', async () => {
    happen(...Array.from({ length: 300 }, (_, n) => n + 1));
    landing.listFault = landing.putFault = denied;
    begin();
    await clock.advance(minutes(60));
    assert.ok(landing.puts.length < 70, `${landing.puts.length} tries in an hour`);
    landing.listFault = landing.putFault = () => undefined;
    await clock.advance(minutes(3));
    assert.deepEqual(counts(), [0, 300, 0]);
    assert.equal(landing.content.size, 900);
  });

  it('says once, as an error, what somebody must put right before anything goes, however many events meet it', async () => {
    landing.listFault = landing.putFault = () => new ConfigError('s3.bucket-missing', 'there is no bucket "uploads"');
    happen(1, 2, 3);
    begin();
    await clock.advance(minutes(30));
    assert.deepEqual([errors, warnings, status()?.problem?.code], [
      ['uploads do not work until this is put right {"code":"s3.bucket-missing","reason":"there is no bucket \\"uploads\\""}'],
      [], 's3.bucket-missing',
    ]);
  });

  it('uploads with credentials that may put and not list', async () => {
    landing.listFault = denied;
    happen(1);
    begin();
    await clock.advance(seconds(2));
    assert.deepEqual(counts(), [0, 1, 0]);
  });

  it('sends the rest of an event whose clip is gone, names only that, and tries the clip again', async () => {
    happen(1);
    landing.putFault = (key) => (key.endsWith('.mp4') ? gone() : undefined);
    begin();
    await clock.advance(seconds(1));
    const partial = manifestSchema.parse(landing.manifest(1)).event;
    assert.deepEqual([partial.clip, partial.has_clip, partial.snapshot], [null, false, endedEvent(1).snapshot]);
    assert.deepEqual(counts(), [0, 0, 1]);
    assert.deepEqual(status()?.refusals.map(({ code }) => code), ['landing.source-missing']);
    assert.equal(status()?.problem, null);

    landing.puts.length = 0;
    await clock.advance(minutes(3));
    assert.deepEqual([...new Set(landing.puts)], [keysOf(1)[1]]);
    landing.putFault = () => undefined;
    await clock.advance(minutes(60));
    assert.deepEqual(manifestSchema.parse(landing.manifest(1)).event, endedEvent(1));
    assert.deepEqual(counts(), [0, 1, 0]);
  });

  it('gives up what was deleted on the device before it went, says so, and counts it', async () => {
    happen(1, 2);
    landing.putFault = (key) => (key === keysOf(1)[1] ? gone() : undefined);
    begin();
    await clock.advance(seconds(1));
    assert.deepEqual(counts(), [0, 1, 1]);
    events.gone.set(endedEvent(1).id, 'to make room');
    await clock.advance(minutes(3));
    assert.deepEqual([counts(), status()?.gone], [[0, 1, 0], 1]);
    assert.ok(warnings.some((line) => line.includes('an event was deleted before it was uploaded')));
  });

  it('reads a catalogue that was made anew from its beginning, and sends nothing that was sent', async () => {
    happen(1, 2, 3);
    begin();
    await clock.advance(seconds(1));
    await end();
    landing.puts.length = 0;
    events.rows.length = 0;
    events.name = 'second';
    happen(4, 2, 3);
    begin();
    await clock.advance(seconds(1));
    assert.deepEqual(landing.puts, [...news(4), ...rest(4)]);
  });

  it('waits for a catalogue that does not exist yet', async () => {
    events.name = '';
    begin();
    await clock.advance(seconds(5));
    assert.deepEqual(status(), { ...idle, target: 's3' });
    events.name = 'first';
    happen(1);
    await clock.advance(seconds(2));
    assert.deepEqual(counts(), [0, 1, 0]);
  });

  it('works off its queue while the catalogue cannot be read, and says so', async () => {
    happen(1);
    landing.putFault = offline;
    begin();
    await clock.advance(seconds(1));
    landing.putFault = () => undefined;
    events.endedAfter = () => { throw new Error('locked'); };
    await clock.advance(minutes(1));
    assert.deepEqual(counts(), [0, 1, 0]);
    assert.equal(status()?.problem?.code, 'catalogue.unreadable');
    assert.equal(warnings.filter((line) => line.includes('locked')).length, 1);
  });

  it('idles without a target, and has lost nothing when it gets one', async () => {
    happen(1);
    begin('none');
    await clock.advance(minutes(60));
    assert.deepEqual(statuses, [{ ...idle, target: 'none' }]);
    await end();
    begin();
    await clock.advance(seconds(1));
    assert.deepEqual(landing.puts, [...news(1), ...rest(1)]);
  });

  it('breaks off what is under way when it is told to stop, and counts no failure', async () => {
    happen(1);
    landing.put = () => new Promise((_resolve, reject) => {
      stop.signal.addEventListener('abort', () => { reject(stop.signal.reason as Error); });
    });
    begin();
    await clock.advance(seconds(1));
    await end();
    assert.deepEqual(nextItem(
      queue.db, { classes: CLASSES, place: 0, mayBegin: true, now: clock.now(), longest: minutes(60), first: 'newest' },
    )?.attempts, 0);
  });
});
