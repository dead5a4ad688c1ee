import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedEvent, keysOf, ListedEvents } from '../../test/fixtures/ended-events.ts';
import { ScriptedLanding } from '../../test/fixtures/scripted-landing.ts';
import { requestKey } from '../contract/mail.ts';
import { DeviceError, RemoteError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { inSeconds, millis, minutes, seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { allBandwidth } from './bandwidth.ts';
import { Mail } from './mail.ts';
import { uploadPolicy } from './policy.ts';
import { UploadQueue } from './queue.ts';
import { RETRY } from './retry.ts';
import { Uploader } from './uploader.ts';

describe('an uploader that has nothing to do', () => {
  let folder: string;
  let queue: UploadQueue;
  let landing: ScriptedLanding;
  let events: ListedEvents;
  let clock: VirtualClock;
  let uploader: Uploader;
  let stop: AbortController;
  let running: Promise<void>;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-idle-'));
    landing = new ScriptedLanding();
    events = ListedEvents.upTo(1);
    clock = new VirtualClock(millis(1_795_300_000_000));
  });
  afterEach(async () => {
    stop.abort(new Error('stop'));
    await running;
    queue[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });

  function begin(
    { what = 'events', isAfar = false }: { readonly what?: 'events' | 'all'; readonly isAfar?: boolean } = {},
  ): void {
    stop = new AbortController();
    const policy = uploadPolicy(what);
    queue = UploadQueue.open(path.join(folder, 'uploads.db'), policy, silentLog);
    const shared = { queue, events, device: 'yard', clock, random: () => 0.5, log: silentLog };
    uploader = new Uploader({
      ...shared, target: 'directory',
      store: { name: 'one', landing, ...(isAfar ? {} : { folder: '/disk' }) }, mediaFolder: folder, policy,
      bandwidth: () => allBandwidth, retry: RETRY, mail: new Mail({ ...shared, every: seconds(5) }), onStatus: () => {},
    });
    running = uploader.run(stop.signal);
  }
  const clip = keysOf(1)[1] ?? '';

  it('has nothing to wait for in a folder, and looks on', async () => {
    begin();
    await clock.advance(seconds(20));
    const first = uploader.idle;
    assert.equal(first?.for, Infinity);
    await clock.advance(seconds(20));
    assert.ok((uploader.idle?.looks ?? 0) > first.looks);
  });

  it('waits for its next look at a store afar', async () => {
    begin({ isAfar: true });
    await clock.advance(seconds(20));
    assert.ok((uploader.idle?.for ?? Infinity) <= seconds(5));
  });

  it('waits for what is to be tried again', async () => {
    landing.putFault = (key) =>
      (key === clip ? new DeviceError('landing.source-missing', 'the clip is not there') : undefined);
    begin();
    await clock.advance(seconds(20));
    const wait = uploader.idle?.for ?? 0;
    assert.ok(wait > seconds(5) && wait <= minutes(60), `${wait}`);
  });

  it('is not idle while its store fails', async () => {
    landing.putFault = () => new RemoteError('s3.unreachable', 'no network');
    landing.listFault = landing.putFault as () => Error;
    begin();
    await clock.advance(minutes(10));
    assert.equal(uploader.idle, undefined);
  });

  it('is not idle while it works on a request', async () => {
    landing.putFault = (key) =>
      (key === clip ? new DeviceError('landing.source-missing', 'the clip is not there') : undefined);
    landing.mail.push(
      requestKey('yard', { id: '1795300000-abc123', until: inSeconds(clock.now()) + 3600, event: endedEvent(1).id }),
    );
    begin();
    await clock.advance(seconds(30));
    assert.equal(uploader.idle, undefined);
    await clock.advance(minutes(70));
    assert.notEqual(uploader.idle, undefined, 'nobody waits for it any more');
  });

  it('is not idle where continuous recording goes: the next piece is always under way', async () => {
    begin({ what: 'all' });
    await clock.advance(seconds(30));
    assert.equal(uploader.idle, undefined);
  });
});
