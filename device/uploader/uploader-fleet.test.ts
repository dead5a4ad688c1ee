import assert from 'node:assert/strict';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { firstPiece } from '../../test/fixtures/pieces.ts';
import { clipOf, manifestOf, news, rest, START, UploadStage } from '../../test/fixtures/upload-stage.ts';
import { answerKey, reportKey, reportSchema, requestKey, type FootageRequest, type Report } from '../contract/mail.ts';
import { RemoteError } from '../core/errors.ts';
import { inSeconds, millis, minutes, seconds, type Millis } from '../core/units.ts';
import type { Bandwidth } from './bandwidth.ts';
import { pieceEvent } from './pieces.ts';
import { uploadPolicy } from './policy.ts';
import { redrive } from './redrive.ts';

const sparing: Bandwidth = { rate: 0, heldBack: 'metered' };
const offline = (): Error => new RemoteError('s3.unreachable', 'no network');

describe('what the fleet answers to uploads, and asks for', () => {
  let stage: UploadStage;
  beforeEach(async () => { stage = await UploadStage.open(); });
  afterEach(() => stage.close());

  describe('the fleet', () => {
    it('acknowledges what it took, by the hash of the manifest, and nothing else', async () => {
      stage.happen(1, 2);
      stage.begin();
      await stage.clock.advance(seconds(2));
      stage.landing.mail.push(
        answerKey('yard', { event: endedEvent(1).id, verdict: 'taken', sha256: stage.told(1), code: '' }),
      );
      stage.landing.mail.push(
        answerKey('yard', { event: endedEvent(2).id, verdict: 'taken', sha256: 'f'.repeat(64), code: '' }),
      );
      await stage.clock.advance(minutes(4));
      assert.deepEqual([stage.status?.uploaded, stage.status?.acknowledged], [2, 1]);
    });

    it('is told once more of a manifest that vanished without an answer, ever more seldom, and of no other', async () => {
      stage.happen(1, 2, 3);
      stage.begin();
      await stage.clock.advance(seconds(2));
      const sha256 = stage.told(1);
      stage.landing.content.delete(manifestOf(1));
      const before = stage.landing.puts.length;
      await stage.clock.advance(minutes(30));
      assert.equal(stage.landing.puts.length, before, 'nobody has ever answered here: nobody need have read it');
      stage.landing.mail.push(
        answerKey('yard', { event: endedEvent(2).id, verdict: 'taken', sha256: stage.told(2), code: '' }),
      );
      await stage.clock.advance(minutes(5));
      assert.deepEqual(stage.landing.puts.slice(before), [manifestOf(1)], 'of 3 the manifest lies there still');
      for (let hour = 0; hour < 12; hour++) {
        stage.landing.content.delete(manifestOf(1));
        await stage.clock.advance(minutes(60));
      }
      const again = stage.landing.puts.length - before;
      assert.ok(
        again > 3 && again < 12 && stage.landing.puts.slice(before).every((key) => key === manifestOf(1)),
        `${again} times`,
      );
      stage.landing.mail.push(answerKey('yard', { event: endedEvent(1).id, verdict: 'taken', sha256, code: '' }));
      stage.landing.content.delete(manifestOf(1));
      await stage.clock.advance(minutes(60 * 24));
      assert.deepEqual([stage.status?.uploaded, stage.status?.acknowledged, stage.status?.pending], [3, 2, 0]);
    });

    it('is told the words of an event alone once more when somebody in it was forgotten, and says that it took them', async () => {
      stage.happen(1);
      stage.begin();
      await stage.clock.advance(seconds(2));
      const taken = (): number => stage.landing.mail.push(
        answerKey('yard', { event: endedEvent(1).id, verdict: 'taken', sha256: stage.told(1), code: '' }),
      );
      taken();
      await stage.clock.advance(minutes(4));
      const [before, sha256] = [stage.landing.puts.length, stage.told(1)];
      stage.events.rows.splice(0, 1, { seq: 2, event: { ...endedEvent(1), revision: 1 } });
      await stage.clock.advance(seconds(2));
      assert.deepEqual(stage.landing.puts.slice(before), [manifestOf(1)]);
      assert.notEqual(stage.told(1), sha256);
      assert.equal(stage.status?.acknowledged, 0, 'the answer of before was to other words');
      taken();
      await stage.clock.advance(minutes(4));
      assert.deepEqual([stage.status?.acknowledged, stage.status?.pending], [1, 0]);
    });

    it('puts aside what it refuses, whole, for another try', async () => {
      stage.happen(1);
      stage.begin();
      await stage.clock.advance(seconds(2));
      const before = stage.landing.puts.length;
      stage.landing.mail.push(
        answerKey('yard', {
          event: endedEvent(1).id, verdict: 'refused', sha256: stage.told(1), code: 'file.wrong-hash',
        }),
      );
      await stage.clock.advance(minutes(4));
      assert.deepEqual([stage.status?.dead, stage.status?.uploaded], [1, 0]);
      assert.equal(redrive(stage.file, undefined), 1);
      await stage.clock.advance(seconds(2));
      assert.deepEqual(stage.landing.puts.slice(before), [...news(1), ...rest(1)]);
      await stage.clock.advance(minutes(4));
      assert.deepEqual(
        [stage.status?.dead, stage.status?.uploaded], [0, 1], 'the refusal of before lies there still, and is over',
      );
      stage.landing.mailAt = millis(1);
      await stage.clock.advance(minutes(4));
      assert.deepEqual([stage.status?.dead, stage.status?.uploaded], [1, 0], 'it was refused once more');
    });

    it('is waited for where its store lets nothing be replaced, and the store is held to work', async () => {
      stage.happen(1, 2);
      stage.landing.putFault = (key) => (stage.landing.content.has(key) && key === manifestOf(1)
        ? new RemoteError('landing.occupied', 'the first manifest lies there still')
        : undefined);
      stage.begin();
      await stage.clock.advance(minutes(2));
      assert.deepEqual(
        [stage.status?.problem, stage.status?.pending, stage.status?.uploaded, stage.status?.dead], [null, 1, 1, 0],
      );
      assert.deepEqual(stage.status?.refusals.map(({ event, code, reason }) => [event, code, reason]), [
        [endedEvent(1).id, 'landing.occupied', 'the first manifest lies there still'],
      ], 'who looks at the page learns why');
      assert.equal(stage.lines.filter((line) => line.includes('lies there still')).length, 1, 'it is in the log, once');
      stage.landing.content.delete(manifestOf(1));
      await stage.clock.advance(minutes(1));
      assert.deepEqual([stage.status?.uploaded, stage.keys(), stage.status?.refusals], [2, stage.all(1, 2), []]);
    });

    it('is asked nothing while nothing waits for an answer, but for requests now and then', async () => {
      stage.begin();
      await stage.clock.advance(seconds(2));
      const before = stage.landing.lists;
      await stage.clock.advance(minutes(12));
      assert.ok(stage.landing.lists - before <= 8, `${stage.landing.lists - before} times in twelve minutes`);
    });
  });

  describe('a request for footage', () => {
    const until = inSeconds(START) + 900;
    const ask = (wish: Omit<FootageRequest, 'id' | 'until'>, at: Millis = START): string => {
      const start = String(Math.floor(inSeconds(at))).padStart(10, '0');
      const id = `${start}-abc${String(stage.landing.mail.length).padStart(3, '0')}`;
      stage.landing.mail.push(requestKey('yard', { id, until, ...wish }));
      return id;
    };
    const report = (id: string): Report => reportSchema.parse(stage.landing.json(reportKey('yard', id)));

    it('brings all of an event whose pictures alone had gone, tells how it goes, and is done once', async () => {
      stage.happen(1);
      stage.begin(uploadPolicy('on_demand'));
      await stage.clock.advance(seconds(2));
      const id = ask({ event: endedEvent(1).id });
      await stage.clock.advance(minutes(4));
      assert.deepEqual(stage.keys(), stage.all(1));
      const { state, bytes, sent_bytes: sent, events: came } = report(id);
      assert.deepEqual([state, bytes, sent, came], ['done', 2000, 2000, [endedEvent(1).id]]);
      assert.ok(stage.lines.some((line) =>
        line.includes('the fleet asks for footage') && line.includes(id)), 'it is in the log');
      const puts = stage.landing.puts.length;
      await stage.end();
      stage.begin(uploadPolicy('on_demand'));
      await stage.clock.advance(minutes(12));
      assert.equal(stage.landing.puts.length, puts, 'although its key lies on');
    });

    it('goes before other clips, also while the line is spared, and goes on after a restart', async () => {
      stage.happen(1, 2, 3);
      stage.bandwidth = sparing;
      stage.begin();
      await stage.clock.advance(seconds(2));
      stage.landing.putFault = (key) => (key === clipOf(1) ? offline() : undefined);
      const id = ask({ event: endedEvent(1).id });
      await stage.clock.advance(minutes(4));
      assert.equal(report(id).state, 'sending', 'its picture has gone');
      await stage.end();
      stage.landing.putFault = () => undefined;
      stage.begin();
      await stage.clock.advance(minutes(4));
      assert.deepEqual(
        [report(id).state, stage.keys()], ['done', [...stage.all(1), manifestOf(2), manifestOf(3)].sort()],
      );
    });

    it('of a time brings what overlaps it, continuous pieces among it', async () => {
      const piece = pieceEvent(firstPiece, false);
      assert.ok(piece);
      stage.events.pieces.push({ seq: 1, event: piece });
      stage.happen(1, 2, 9);
      stage.begin(uploadPolicy('on_demand'));
      await stage.clock.advance(seconds(2));
      const id = ask({ from: 1_795_251_610, to: 1_795_251_655 });
      await stage.clock.advance(minutes(4));
      assert.deepEqual([report(id).state, [...report(id).events].sort()], [
        'done', [piece.id, endedEvent(1).id, endedEvent(2).id].sort(),
      ]);
      assert.equal(stage.keys().includes(clipOf(9)), false);
    });

    it('is refused with the reason where there is nothing to bring, and expires', async () => {
      stage.begin();
      const [none, gone, empty] = [
        ask({ event: endedEvent(7).id }), ask({ event: endedEvent(8).id }), ask({ from: 1000, to: 2000 }),
      ];
      stage.events.gone.set(endedEvent(8).id, 'to make room');
      await stage.clock.advance(minutes(4));
      assert.deepEqual([none, gone, empty].map((id) => report(id).state), ['refused', 'refused', 'refused']);
      assert.match(report(gone).reason, /deleted here: to make room/);
      stage.happen(1);
      stage.landing.putFault = (key) => (key === clipOf(1) ? offline() : undefined);
      const late = ask({ event: endedEvent(1).id });
      await stage.clock.advance(minutes(16));
      assert.equal(report(late).state, 'expired');
    });

    it('that the fleet takes away because it has everything is done, not withdrawn', async () => {
      stage.happen(1);
      stage.begin(uploadPolicy('on_demand'));
      await stage.clock.advance(seconds(2));
      const id = ask({ event: endedEvent(1).id });
      while (!stage.landing.puts.includes(clipOf(1))) await stage.clock.advance(millis(100));
      await stage.clock.advance(millis(500)); // its manifest
      await stage.end();
      stage.landing.mail.length = 0;
      stage.begin(uploadPolicy('on_demand'));
      await stage.clock.advance(minutes(4));
      assert.deepEqual([report(id).state, stage.keys().includes(clipOf(1))], ['done', true]);
    });

    it('that is withdrawn is left', async () => {
      stage.happen(1);
      stage.bandwidth = sparing;
      stage.begin();
      await stage.clock.advance(seconds(2));
      stage.landing.putFault = (key) => (key === clipOf(1) ? offline() : undefined);
      ask({ event: endedEvent(1).id });
      await stage.clock.advance(minutes(4));
      assert.equal(stage.status?.requests, 1);
      stage.landing.mail.length = 0;
      await stage.clock.advance(minutes(4));
      stage.landing.putFault = () => undefined;
      await stage.clock.advance(minutes(2));
      assert.deepEqual([stage.status?.requests, stage.keys()], [0, [...news(1)].sort()], 'its clip is left');
    });
  });
});
