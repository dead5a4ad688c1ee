import assert from 'node:assert/strict';
import { endedEvent, keysOf } from '../../test/fixtures/ended-events.ts';
import { firstPiece } from '../../test/fixtures/pieces.ts';
import { ScriptedLanding } from '../../test/fixtures/scripted-landing.ts';
import { clipOf, manifestOf, news, rest, retry, UploadStage } from '../../test/fixtures/upload-stage.ts';
import { manifestSchema } from '../contract/manifest.ts';
import { ConfigError, DeviceError, RemoteError } from '../core/errors.ts';
import { minutes, seconds } from '../core/units.ts';
import { allBandwidth, type Bandwidth } from './bandwidth.ts';
import { pieceEvent } from './pieces.ts';
import { uploadPolicy } from './policy.ts';
import { redrive } from './redrive.ts';

const sparing: Bandwidth = { rate: 0, heldBack: 'metered' };
const refused = (): Error => new RemoteError('landing.object-refused', 'the store takes no such thing (HTTP 413)');
const offline = (): Error => new RemoteError('s3.unreachable', 'no network');

describe('what goes of an event, when, and where to', () => {
  let stage: UploadStage;
  beforeEach(async () => { stage = await UploadStage.open(); });
  afterEach(() => stage.close());

  describe('what the store refuses for good', () => {
    it('is put aside after so many tries, with the reason, and goes when it is tried again by hand', async () => {
      stage.happen(1, 2);
      stage.landing.putFault = (key) => (key === clipOf(1) ? refused() : undefined);
      stage.begin();
      await stage.clock.advance(minutes(3));
      assert.deepEqual(
        [stage.status?.dead, stage.status?.uploaded, stage.status?.pending, stage.status?.refused], [1, 1, 0, 0],
      );
      const tries = stage.landing.puts.filter((key) => key === clipOf(1)).length;
      assert.equal(tries, retry.strikes);
      await stage.clock.advance(minutes(2));
      assert.equal(stage.landing.puts.filter((key) => key === clipOf(1)).length, tries, 'it is left alone');
      stage.landing.putFault = () => undefined;
      assert.equal(redrive(stage.file, endedEvent(1).id), 1);
      await stage.clock.advance(seconds(2));
      assert.deepEqual([stage.status?.dead, stage.status?.uploaded, stage.keys()], [0, 2, stage.all(1, 2)]);
    });

    it('is not put aside for an outage, for withdrawn credentials, or for a store that refuses everything', async () => {
      stage.happen(1, 2, 3);
      for (const fault of [offline, () => new ConfigError('s3.access-denied', 'no'), refused]) {
        stage.landing.putFault = stage.landing.listFault = fault;
        stage.begin();
        await stage.clock.advance(minutes(4));
        assert.equal(stage.status?.dead, 0, fault().message);
        await stage.end();
      }
      stage.landing.putFault = refused;
      stage.landing.listFault = () => undefined;
      stage.begin();
      await stage.clock.advance(minutes(4));
      assert.equal(stage.status?.dead, 0, 'it lists, and takes nothing');
      stage.landing.putFault = () => undefined;
      await stage.clock.advance(minutes(3));
      assert.deepEqual([stage.status?.uploaded, stage.keys()], [3, stage.all(1, 2, 3)]);
    });

    it('waits for a recording that is gone no longer than that', async () => {
      stage.happen(1);
      stage.landing.putFault = (key) =>
        (key === clipOf(1) ? new DeviceError('landing.source-missing', 'gone') : undefined);
      stage.begin();
      await stage.clock.advance(minutes(3));
      assert.deepEqual([stage.status?.dead, stage.status?.uploaded], [1, 0]);
      assert.deepEqual(stage.keys(), [...news(1)].sort(), 'the rest of it went');
    });
  });

  describe('the line', () => {
    it('is spared while each byte costs, but for manifests and what was asked for, and used again at once', async () => {
      stage.bandwidth = sparing;
      stage.happen(1, 2);
      stage.begin();
      await stage.clock.advance(minutes(1));
      assert.deepEqual(stage.keys(), [manifestOf(1), manifestOf(2)], 'without a small picture the manifest alone');
      assert.deepEqual([stage.status?.held_back, stage.status?.pending], ['metered', 2]);
      stage.bandwidth = allBandwidth;
      await stage.clock.advance(seconds(2));
      assert.deepEqual([stage.keys(), stage.status?.held_back, stage.status?.uploaded], [stage.all(1, 2), null, 2]);
    });

    it('is given free in the midst of a clip when it is to be spared, and no failure is counted', async () => {
      stage.happen(1);
      stage.landing.size = (key) => (key === clipOf(1) ? 100 * 16_384 : 0);
      stage.bandwidth = { rate: 16_384, heldBack: undefined };
      stage.begin();
      await stage.clock.advance(seconds(20));
      stage.bandwidth = { ...stage.bandwidth, heldBack: 'window' };
      await stage.clock.advance(minutes(10));
      assert.deepEqual(
        [stage.keys(), stage.status?.pending, stage.status?.refused, stage.status?.problem],
        [[...news(1)].sort(), 1, 0, null],
      );
      stage.bandwidth = allBandwidth;
      await stage.clock.advance(seconds(3));
      assert.deepEqual(stage.keys(), stage.all(1));
    });

    it('takes no more bytes a second than it may, as that changes', async () => {
      stage.happen(1);
      let sent = 0;
      stage.landing.size = (key) => (key === clipOf(1) ? 1000 * 16_384 : 0);
      stage.landing.during = () => { sent++; };
      stage.bandwidth = { rate: 16_384, heldBack: undefined };
      stage.begin();
      for (let tick = 0; tick < 10; tick++) await stage.clock.advance(seconds(1));
      assert.ok(sent >= 8 && sent <= 11, `${sent} in ten seconds`);
      stage.bandwidth = { rate: 10 * 16_384, heldBack: undefined };
      const before = sent;
      for (let tick = 0; tick < 100; tick++) await stage.clock.advance(seconds(0.1));
      assert.ok(sent - before >= 80 && sent - before <= 111, `${sent - before} in ten seconds`);
    });

    it('is lent to what is new in the midst of a large clip', async () => {
      stage.happen(1);
      stage.landing.size = (key) => (key === clipOf(1) ? 30 * 16_384 : 0);
      stage.bandwidth = { rate: 16_384, heldBack: undefined };
      stage.begin();
      for (let tick = 0; tick < 5; tick++) await stage.clock.advance(seconds(1));
      stage.happen(2);
      for (let tick = 0; tick < 5; tick++) await stage.clock.advance(seconds(1));
      assert.deepEqual(stage.keys(), [...news(1), ...news(2)].sort());
      stage.bandwidth = allBandwidth;
      await stage.clock.advance(seconds(3));
      assert.deepEqual(stage.landing.puts, [...news(1), clipOf(1), ...news(2), keysOf(1)[2], ...rest(2)]);
    });
  });

  describe('the rules', () => {
    it('send pictures alone, and the manifest tells what is here beside them; other rules fetch it later', async () => {
      stage.happen(1);
      stage.begin(uploadPolicy('pictures'));
      await stage.clock.advance(seconds(2));
      assert.deepEqual([stage.keys(), stage.status?.uploaded, stage.status?.pending], [[...news(1)].sort(), 1, 0]);
      assert.deepEqual(manifestSchema.parse(stage.landing.manifest(1)).held, [{ role: 'clip', bytes: 2000 }]);
      await stage.end();
      stage.begin(uploadPolicy('events'));
      await stage.clock.advance(seconds(2));
      assert.deepEqual([stage.keys(), stage.landing.puts], [stage.all(1), [...news(1), ...rest(1)]]);
    });

    it('send continuous recording last, each piece as an event of its own', async () => {
      const piece = pieceEvent(firstPiece, false);
      assert.ok(piece?.clip);
      stage.events.pieces.push({ seq: 1, event: piece });
      stage.happen(1);
      stage.begin(uploadPolicy('all'));
      await stage.clock.advance(seconds(2));
      const pieceKeys = [`yard/2026/11/21/${piece.clip.name}`, `yard/2026/11/21/${piece.id}.json`];
      assert.deepEqual(stage.landing.puts, [...news(1), ...rest(1), ...pieceKeys]);
      assert.deepEqual(manifestSchema.parse(stage.landing.json(pieceKeys[1] ?? '')).event, piece);
      const { content } = stage.landing.content.get(pieceKeys[0] ?? '') ?? {};
      assert.ok(content !== undefined
        && 'file' in content
        && content.file.endsWith('2026-11-21/20261121T090000.000Z_yard_camera_continuous.mp4'));
    });
  });

  describe('the second store', () => {
    it('takes new events once the first has failed for long, each whole; the first takes the next when it is back', async () => {
      stage.second = new ScriptedLanding();
      stage.happen(1);
      stage.landing.size = (key) => (key === clipOf(1) ? 16_384 : 0);
      stage.landing.putFault = (key) => (key === clipOf(1) ? offline() : undefined);
      stage.begin();
      await stage.clock.advance(seconds(1));
      stage.landing.putFault = stage.landing.listFault = offline;
      stage.happen(2);
      await stage.clock.advance(minutes(10));
      assert.deepEqual([stage.keys(stage.second), stage.status?.store], [[], 'first'], 'not at once');
      await stage.clock.advance(minutes(10));
      assert.deepEqual(
        [stage.keys(stage.second), stage.status?.store, stage.status?.elsewhere], [stage.all(2), 'fallback', 1],
      );
      assert.deepEqual(stage.keys(), [...news(1)].sort(), 'what has begun in a store ends there');
      stage.landing.putFault = stage.landing.listFault = () => undefined;
      await stage.clock.advance(minutes(5));
      stage.happen(3);
      await stage.clock.advance(seconds(2));
      assert.deepEqual(
        [stage.keys(), stage.keys(stage.second), stage.status?.store, stage.status?.uploaded],
        [stage.all(1, 3), stage.all(2), 'first', 3],
      );
    });
  });
});
