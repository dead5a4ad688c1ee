import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedEvent, keysOf, ListedEvents } from '../../test/fixtures/ended-events.ts';
import { firstPiece } from '../../test/fixtures/pieces.ts';
import { ScriptedLanding } from '../../test/fixtures/scripted-landing.ts';
import { answerKey, reportKey, reportSchema, requestKey, type FootageRequest, type Report } from '../contract/mail.ts';
import { manifestSchema } from '../contract/manifest.ts';
import { ConfigError, DeviceError, RemoteError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { inSeconds, millis, minutes, seconds, type Millis } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { allBandwidth, type Bandwidth } from './bandwidth.ts';
import { Mail } from './mail.ts';
import { pieceEvent } from './pieces.ts';
import { uploadPolicy } from './policy.ts';
import { UploadQueue } from './queue.ts';
import { redrive } from './redrive.ts';
import type { UploaderStatus } from './status.ts';
import { Uploader } from './uploader.ts';

const START = millis(1_795_300_000_000);
const manifestOf = (n: number): string => keysOf(n)[2] ?? '';
const clipOf = (n: number): string => keysOf(n)[1] ?? '';
const news = (n: number): readonly string[] => [keysOf(n)[0] ?? '', keysOf(n)[2] ?? ''];
const rest = (n: number): readonly string[] => keysOf(n).slice(1);
const sparing: Bandwidth = { rate: 0, heldBack: 'metered' };
const retry = {
  passing: { first: seconds(1), most: seconds(10) }, refusal: { first: seconds(2), most: seconds(20) },
  store: { first: seconds(1), most: seconds(5) }, strikes: 6,
};
const refused = (): Error => new RemoteError('landing.object-refused', 'the store takes no such thing (HTTP 413)');
const offline = (): Error => new RemoteError('s3.unreachable', 'no network');

describe('what goes of an event, when, and where to', () => {
  let folder: string;
  let file: string;
  let queue: UploadQueue;
  let landing: ScriptedLanding;
  let second: ScriptedLanding | undefined;
  let events: ListedEvents;
  let clock: VirtualClock;
  let status: UploaderStatus | undefined;
  let bandwidth: Bandwidth;
  let stop: AbortController;
  let running: Promise<void>;
  let lines: string[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-uploader-rules-'));
    file = path.join(folder, 'uploads.db');
    [landing, second, events, clock, bandwidth] = [
      new ScriptedLanding(), undefined, new ListedEvents(), new VirtualClock(START), allBandwidth,
    ];
    lines = [];
    running = Promise.resolve();
    stop = new AbortController();
  });
  afterEach(async () => {
    await end();
    await rm(folder, { recursive: true });
  });

  function begin(policy = uploadPolicy('events')): void {
    stop = new AbortController();
    queue = UploadQueue.open(file, policy, silentLog);
    const line = (message: string, fields?: object): void => { lines.push(`${message} ${JSON.stringify(fields)}`); };
    const shared = { queue, events, device: 'yard', clock, random: () =>
      0.5, log: { ...silentLog, info: line, warn: line, error: line } };
    running = new Uploader({
      ...shared, target: 's3', store: { name: 'one', landing }, mediaFolder: folder,
      policy, bandwidth: () => bandwidth, retry,
      fallback: second && { store: { name: 'two', landing: second }, after: minutes(15) },
      mail: new Mail({ ...shared, every: minutes(2) }), onStatus: (next) => { status = next; },
    }).run(stop.signal);
  }
  async function end(): Promise<void> {
    stop.abort(new Error('stop'));
    await running;
    running = Promise.resolve();
    queue[Symbol.dispose]();
  }
  const happen = (...numbers: readonly number[]): void => {
    for (const n of numbers) events.rows.push({ seq: events.rows.length + 1, event: endedEvent(n) });
  };
  const keys = (of = landing): readonly string[] =>
    [...of.content.keys()].filter((key) => !key.includes('/reports/')).sort();
  const all = (...numbers: readonly number[]): readonly string[] => numbers.flatMap((n) => keysOf(n)).sort();
  const told = (n: number): string => landing.content.get(keysOf(n)[2] ?? '')?.sha256 ?? '';

  describe('what the store refuses for good', () => {
    it('is put aside after so many tries, with the reason, and goes when it is tried again by hand', async () => {
      happen(1, 2);
      landing.putFault = (key) => (key === clipOf(1) ? refused() : undefined);
      begin();
      await clock.advance(minutes(3));
      assert.deepEqual([status?.dead, status?.uploaded, status?.pending, status?.refused], [1, 1, 0, 0]);
      const tries = landing.puts.filter((key) => key === clipOf(1)).length;
      assert.equal(tries, retry.strikes);
      await clock.advance(minutes(2));
      assert.equal(landing.puts.filter((key) => key === clipOf(1)).length, tries, 'it is left alone');
      landing.putFault = () => undefined;
      assert.equal(redrive(file, endedEvent(1).id), 1);
      await clock.advance(seconds(2));
      assert.deepEqual([status?.dead, status?.uploaded, keys()], [0, 2, all(1, 2)]);
    });

    it('is not put aside for an outage, for withdrawn credentials, or for a store that refuses everything', async () => {
      happen(1, 2, 3);
      for (const fault of [offline, () => new ConfigError('s3.access-denied', 'no'), refused]) {
        landing.putFault = landing.listFault = fault;
        begin();
        await clock.advance(minutes(4));
        assert.equal(status?.dead, 0, fault().message);
        await end();
      }
      landing.putFault = refused;
      landing.listFault = () => undefined;
      begin();
      await clock.advance(minutes(4));
      assert.equal(status?.dead, 0, 'it lists, and takes nothing');
      landing.putFault = () => undefined;
      await clock.advance(minutes(3));
      assert.deepEqual([status?.uploaded, keys()], [3, all(1, 2, 3)]);
    });

    it('waits for a recording that is gone no longer than that', async () => {
      happen(1);
      landing.putFault = (key) => (key === clipOf(1) ? new DeviceError('landing.source-missing', 'gone') : undefined);
      begin();
      await clock.advance(minutes(3));
      assert.deepEqual([status?.dead, status?.uploaded], [1, 0]);
      assert.deepEqual(keys(), [...news(1)].sort(), 'the rest of it went');
    });
  });

  describe('the line', () => {
    it('is spared while each byte costs, but for manifests and what was asked for, and used again at once', async () => {
      bandwidth = sparing;
      happen(1, 2);
      begin();
      await clock.advance(minutes(1));
      assert.deepEqual(keys(), [manifestOf(1), manifestOf(2)], 'without a small picture the manifest alone');
      assert.deepEqual([status?.held_back, status?.pending], ['metered', 2]);
      bandwidth = allBandwidth;
      await clock.advance(seconds(2));
      assert.deepEqual([keys(), status?.held_back, status?.uploaded], [all(1, 2), null, 2]);
    });

    it('is given free in the midst of a clip when it is to be spared, and no failure is counted', async () => {
      happen(1);
      landing.size = (key) => (key === clipOf(1) ? 100 * 16_384 : 0);
      bandwidth = { rate: 16_384, heldBack: undefined };
      begin();
      await clock.advance(seconds(20));
      bandwidth = { ...bandwidth, heldBack: 'window' };
      await clock.advance(minutes(10));
      assert.deepEqual([keys(), status?.pending, status?.refused, status?.problem], [[...news(1)].sort(), 1, 0, null]);
      bandwidth = allBandwidth;
      await clock.advance(seconds(3));
      assert.deepEqual(keys(), all(1));
    });

    it('takes no more bytes a second than it may, as that changes', async () => {
      happen(1);
      let sent = 0;
      landing.size = (key) => (key === clipOf(1) ? 1000 * 16_384 : 0);
      landing.during = () => { sent++; };
      bandwidth = { rate: 16_384, heldBack: undefined };
      begin();
      for (let tick = 0; tick < 10; tick++) await clock.advance(seconds(1));
      assert.ok(sent >= 8 && sent <= 11, `${sent} in ten seconds`);
      bandwidth = { rate: 10 * 16_384, heldBack: undefined };
      const before = sent;
      for (let tick = 0; tick < 100; tick++) await clock.advance(seconds(0.1));
      assert.ok(sent - before >= 80 && sent - before <= 111, `${sent - before} in ten seconds`);
    });

    it('is lent to what is new in the midst of a large clip', async () => {
      happen(1);
      landing.size = (key) => (key === clipOf(1) ? 30 * 16_384 : 0);
      bandwidth = { rate: 16_384, heldBack: undefined };
      begin();
      for (let tick = 0; tick < 5; tick++) await clock.advance(seconds(1));
      happen(2);
      for (let tick = 0; tick < 5; tick++) await clock.advance(seconds(1));
      assert.deepEqual(keys(), [...news(1), ...news(2)].sort());
      bandwidth = allBandwidth;
      await clock.advance(seconds(3));
      assert.deepEqual(landing.puts, [...news(1), clipOf(1), ...news(2), keysOf(1)[2], ...rest(2)]);
    });
  });

  describe('the rules', () => {
    it('send pictures alone, and the manifest tells what is here beside them; other rules fetch it later', async () => {
      happen(1);
      begin(uploadPolicy('pictures'));
      await clock.advance(seconds(2));
      assert.deepEqual([keys(), status?.uploaded, status?.pending], [[...news(1)].sort(), 1, 0]);
      assert.deepEqual(manifestSchema.parse(landing.manifest(1)).held, [{ role: 'clip', bytes: 2000 }]);
      await end();
      begin(uploadPolicy('events'));
      await clock.advance(seconds(2));
      assert.deepEqual([keys(), landing.puts], [all(1), [...news(1), ...rest(1)]]);
    });

    it('send continuous recording last, each piece as an event of its own', async () => {
      const piece = pieceEvent(firstPiece, false);
      assert.ok(piece?.clip);
      events.pieces.push({ seq: 1, event: piece });
      happen(1);
      begin(uploadPolicy('all'));
      await clock.advance(seconds(2));
      const pieceKeys = [`yard/2026/11/21/${piece.clip.name}`, `yard/2026/11/21/${piece.id}.json`];
      assert.deepEqual(landing.puts, [...news(1), ...rest(1), ...pieceKeys]);
      assert.deepEqual(manifestSchema.parse(landing.json(pieceKeys[1] ?? '')).event, piece);
      const { content } = landing.content.get(pieceKeys[0] ?? '') ?? {};
      assert.ok(content !== undefined
        && 'file' in content
        && content.file.endsWith('2026-11-21/20261121T090000.000Z_yard_camera_continuous.mp4'));
    });
  });

  describe('the second store', () => {
    it('takes new events once the first has failed for long, each whole; the first takes the next when it is back', async () => {
      second = new ScriptedLanding();
      happen(1);
      landing.size = (key) => (key === clipOf(1) ? 16_384 : 0);
      landing.putFault = (key) => (key === clipOf(1) ? offline() : undefined);
      begin();
      await clock.advance(seconds(1));
      landing.putFault = landing.listFault = offline;
      happen(2);
      await clock.advance(minutes(10));
      assert.deepEqual([keys(second), status?.store], [[], 'first'], 'not at once');
      await clock.advance(minutes(10));
      assert.deepEqual([keys(second), status?.store, status?.elsewhere], [all(2), 'fallback', 1]);
      assert.deepEqual(keys(), [...news(1)].sort(), 'what has begun in a store ends there');
      landing.putFault = landing.listFault = () => undefined;
      await clock.advance(minutes(5));
      happen(3);
      await clock.advance(seconds(2));
      assert.deepEqual([keys(), keys(second), status?.store, status?.uploaded], [all(1, 3), all(2), 'first', 3]);
    });
  });

  describe('the fleet', () => {
    it('acknowledges what it took, by the hash of the manifest, and nothing else', async () => {
      happen(1, 2);
      begin();
      await clock.advance(seconds(2));
      landing.mail.push(answerKey('yard', { event: endedEvent(1).id, verdict: 'taken', sha256: told(1), code: '' }));
      landing.mail.push(
        answerKey('yard', { event: endedEvent(2).id, verdict: 'taken', sha256: 'f'.repeat(64), code: '' }),
      );
      await clock.advance(minutes(4));
      assert.deepEqual([status?.uploaded, status?.acknowledged], [2, 1]);
    });

    it('is told once more of a manifest that vanished without an answer, ever more seldom, and of no other', async () => {
      happen(1, 2, 3);
      begin();
      await clock.advance(seconds(2));
      const sha256 = told(1);
      landing.content.delete(manifestOf(1));
      const before = landing.puts.length;
      await clock.advance(minutes(30));
      assert.equal(landing.puts.length, before, 'nobody has ever answered here: nobody need have read it');
      landing.mail.push(answerKey('yard', { event: endedEvent(2).id, verdict: 'taken', sha256: told(2), code: '' }));
      await clock.advance(minutes(5));
      assert.deepEqual(landing.puts.slice(before), [manifestOf(1)], 'of 3 the manifest lies there still');
      for (let hour = 0; hour < 12; hour++) {
        landing.content.delete(manifestOf(1));
        await clock.advance(minutes(60));
      }
      const again = landing.puts.length - before;
      assert.ok(
        again > 3 && again < 12 && landing.puts.slice(before).every((key) => key === manifestOf(1)), `${again} times`,
      );
      landing.mail.push(answerKey('yard', { event: endedEvent(1).id, verdict: 'taken', sha256, code: '' }));
      landing.content.delete(manifestOf(1));
      await clock.advance(minutes(60 * 24));
      assert.deepEqual([status?.uploaded, status?.acknowledged, status?.pending], [3, 2, 0]);
    });

    it('puts aside what it refuses, whole, for another try', async () => {
      happen(1);
      begin();
      await clock.advance(seconds(2));
      const before = landing.puts.length;
      landing.mail.push(
        answerKey('yard', { event: endedEvent(1).id, verdict: 'refused', sha256: told(1), code: 'file.wrong-hash' }),
      );
      await clock.advance(minutes(4));
      assert.deepEqual([status?.dead, status?.uploaded], [1, 0]);
      assert.equal(redrive(file, undefined), 1);
      await clock.advance(seconds(2));
      assert.deepEqual(landing.puts.slice(before), [...news(1), ...rest(1)]);
      await clock.advance(minutes(4));
      assert.deepEqual([status?.dead, status?.uploaded], [0, 1], 'the refusal of before lies there still, and is over');
      landing.mailAt = millis(1);
      await clock.advance(minutes(4));
      assert.deepEqual([status?.dead, status?.uploaded], [1, 0], 'it was refused once more');
    });

    it('is waited for where its store lets nothing be replaced, and the store is held to work', async () => {
      happen(1, 2);
      landing.putFault = (key) => (landing.content.has(key) && key === manifestOf(1)
        ? new RemoteError('landing.occupied', 'the first manifest lies there still')
        : undefined);
      begin();
      await clock.advance(minutes(2));
      assert.deepEqual([status?.problem, status?.pending, status?.uploaded, status?.dead], [null, 1, 1, 0]);
      assert.deepEqual(status?.refusals.map(({ event, code, reason }) => [event, code, reason]), [
        [endedEvent(1).id, 'landing.occupied', 'the first manifest lies there still'],
      ], 'who looks at the page learns why');
      assert.equal(lines.filter((line) => line.includes('lies there still')).length, 1, 'it is in the log, once');
      landing.content.delete(manifestOf(1));
      await clock.advance(minutes(1));
      assert.deepEqual([status?.uploaded, keys(), status?.refusals], [2, all(1, 2), []]);
    });

    it('is asked nothing while nothing waits for an answer, but for requests now and then', async () => {
      begin();
      await clock.advance(seconds(2));
      const before = landing.lists;
      await clock.advance(minutes(12));
      assert.ok(landing.lists - before <= 8, `${landing.lists - before} times in twelve minutes`);
    });
  });

  describe('a request for footage', () => {
    const until = inSeconds(START) + 900;
    const ask = (wish: Omit<FootageRequest, 'id' | 'until'>, at: Millis = START): string => {
      const start = String(Math.floor(inSeconds(at))).padStart(10, '0');
      const id = `${start}-abc${String(landing.mail.length).padStart(3, '0')}`;
      landing.mail.push(requestKey('yard', { id, until, ...wish }));
      return id;
    };
    const report = (id: string): Report => reportSchema.parse(landing.json(reportKey('yard', id)));

    it('brings all of an event whose pictures alone had gone, tells how it goes, and is done once', async () => {
      happen(1);
      begin(uploadPolicy('on_demand'));
      await clock.advance(seconds(2));
      const id = ask({ event: endedEvent(1).id });
      await clock.advance(minutes(4));
      assert.deepEqual(keys(), all(1));
      const { state, bytes, sent_bytes: sent, events: came } = report(id);
      assert.deepEqual([state, bytes, sent, came], ['done', 2000, 2000, [endedEvent(1).id]]);
      assert.ok(lines.some((line) =>
        line.includes('the fleet asks for footage') && line.includes(id)), 'it is in the log');
      const puts = landing.puts.length;
      await end();
      begin(uploadPolicy('on_demand'));
      await clock.advance(minutes(12));
      assert.equal(landing.puts.length, puts, 'although its key lies on');
    });

    it('goes before other clips, also while the line is spared, and goes on after a restart', async () => {
      happen(1, 2, 3);
      bandwidth = sparing;
      begin();
      await clock.advance(seconds(2));
      landing.putFault = (key) => (key === clipOf(1) ? offline() : undefined);
      const id = ask({ event: endedEvent(1).id });
      await clock.advance(minutes(4));
      assert.equal(report(id).state, 'sending', 'its picture has gone');
      await end();
      landing.putFault = () => undefined;
      begin();
      await clock.advance(minutes(4));
      assert.deepEqual([report(id).state, keys()], ['done', [...all(1), manifestOf(2), manifestOf(3)].sort()]);
    });

    it('of a time brings what overlaps it, continuous pieces among it', async () => {
      const piece = pieceEvent(firstPiece, false);
      assert.ok(piece);
      events.pieces.push({ seq: 1, event: piece });
      happen(1, 2, 9);
      begin(uploadPolicy('on_demand'));
      await clock.advance(seconds(2));
      const id = ask({ from: 1_795_251_610, to: 1_795_251_655 });
      await clock.advance(minutes(4));
      assert.deepEqual([report(id).state, [...report(id).events].sort()], [
        'done', [piece.id, endedEvent(1).id, endedEvent(2).id].sort(),
      ]);
      assert.equal(keys().includes(clipOf(9)), false);
    });

    it('is refused with the reason where there is nothing to bring, and expires', async () => {
      begin();
      const [none, gone, empty] = [
        ask({ event: endedEvent(7).id }), ask({ event: endedEvent(8).id }), ask({ from: 1000, to: 2000 }),
      ];
      events.gone.set(endedEvent(8).id, 'to make room');
      await clock.advance(minutes(4));
      assert.deepEqual([none, gone, empty].map((id) => report(id).state), ['refused', 'refused', 'refused']);
      assert.match(report(gone).reason, /deleted here: to make room/);
      happen(1);
      landing.putFault = (key) => (key === clipOf(1) ? offline() : undefined);
      const late = ask({ event: endedEvent(1).id });
      await clock.advance(minutes(16));
      assert.equal(report(late).state, 'expired');
    });

    it('that the fleet takes away because it has everything is done, not withdrawn', async () => {
      happen(1);
      begin(uploadPolicy('on_demand'));
      await clock.advance(seconds(2));
      const id = ask({ event: endedEvent(1).id });
      while (!landing.puts.includes(clipOf(1))) await clock.advance(millis(100));
      await clock.advance(millis(500)); // its manifest
      await end();
      landing.mail.length = 0;
      begin(uploadPolicy('on_demand'));
      await clock.advance(minutes(4));
      assert.deepEqual([report(id).state, keys().includes(clipOf(1))], ['done', true]);
    });

    it('that is withdrawn is left', async () => {
      happen(1);
      bandwidth = sparing;
      begin();
      await clock.advance(seconds(2));
      landing.putFault = (key) => (key === clipOf(1) ? offline() : undefined);
      ask({ event: endedEvent(1).id });
      await clock.advance(minutes(4));
      assert.equal(status?.requests, 1);
      landing.mail.length = 0;
      await clock.advance(minutes(4));
      landing.putFault = () => undefined;
      await clock.advance(minutes(2));
      assert.deepEqual([status?.requests, keys()], [0, [...news(1)].sort()], 'its clip is left');
    });
  });
});
