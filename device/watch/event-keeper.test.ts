import assert from 'node:assert/strict';
import { frame, keeper, later, NOW, quiet, SHA } from '../../test/recording/keeper.ts';
import { eventMessageSchema } from '../contract/event.ts';
import { nothingSeen, type Observation } from '../core/frame.ts';
import { millis } from '../core/units.ts';

describe('event keeper', () => {
  it('takes an event from its first motion to its place in the catalogue, and tells nothing that is not there', async () => {
    const { keeper: kept, log, ended, see } = keeper();
    see(`555${quiet}`);
    await kept.settled();
    assert.deepEqual(log, [
      'clip from 0', 'row', 'new', 'picture of 0', 'motion ON', 'clip until 3400', 'motion OFF',
      'picture told', 'row', 'update', 'row ended', 'end',
    ]);
    assert.equal(ended[0]?.end_time, (NOW + 400) / 1000);
    assert.deepEqual([ended[0]?.has_clip, ended[0]?.has_snapshot, ended[0]?.clip?.name], [true, true, 'clip.mp4']);
  });

  it('tells only messages that keep the contract, each beginning where the one before left off', async () => {
    const { keeper: kept, told, see } = keeper();
    see(`555${'9'.repeat(8)}${quiet}`);
    await kept.settled();
    assert.deepEqual(told.map(({ type }) => type), ['new', 'update', 'update', 'end']);
    for (const message of told) assert.deepEqual(eventMessageSchema.parse(message), message);
    for (const [index, message] of told.entries()) if (index > 0) assert.equal(message.before, told[index - 1]?.after);
    assert.deepEqual(told.at(-1)?.after.box, [320, 360, 480, 540]);
    assert.equal(told.at(-1)?.after.top_score, 0.9);
  });

  it('ends the event, and lets it go, whatever goes wrong on the way', async () => {
    const broken = () => Promise.reject(new Error('broken'));
    const answers = broken();
    answers.catch(() => {});
    for (const [recorder, options, isWhole] of [
      [{ sumUp: broken }, {}, true], [{ endClip: broken }, {}, false], [{}, { answers }, true],
    ] as const) {
      const { keeper: kept, told, ended, forgotten, see } = keeper(recorder, options);
      see(`555${quiet}`);
      await kept.settled();
      assert.deepEqual([told.at(-1)?.type, ended.length, ended[0]?.has_clip, forgotten.length], [
        'end', 1, isWhole, 1,
      ], Object.keys({ ...recorder, ...options }).join());
    }
  });

  it('ends the event in the catalogue even when nothing of it could be recorded', async () => {
    const { keeper: kept, ended, see } = keeper({ endClip: () => Promise.resolve(null) });
    see(`555${quiet}`);
    await kept.settled();
    assert.deepEqual([ended[0]?.has_clip, ended[0]?.clip, ended[0]?.has_snapshot], [false, null, true]);
  });

  it('keeps its length when the clock is set while it lasts', async () => {
    const { keeper: kept, clock, ended, see } = keeper();
    see('555');
    clock.jump = 3 * 86_400_000;
    kept.close(millis(600));
    await kept.settled();
    assert.equal(Math.round(1000 * ((ended[0]?.end_time ?? 0) - (ended[0]?.start_time ?? 0))), 400);
  });

  it('ends what is under way when the camera goes', async () => {
    const { keeper: kept, ended, see } = keeper();
    see('55555');
    kept.close(millis(1000));
    await kept.settled();
    assert.equal(ended[0]?.end_time, (NOW + 800) / 1000);
    assert.equal(kept.isOpen, false);
  });

  it('tells of a covered camera without saying that something moves', async () => {
    const { keeper: kept, log, told } = keeper();
    kept.observe({ ...nothingSeen(millis(0)), tamper: ['covered'] });
    kept.close(millis(200));
    await kept.settled();
    assert.deepEqual([log.filter((line) => line.startsWith('motion')), told[0]?.after.label], [[], 'covered']);
  });

  it('waits at the end for what is still being recognised, and tells it with the end', async () => {
    const answer = Promise.withResolvers<void>();
    const { keeper: kept, told, log, see } = keeper({}, { answers: answer.promise });
    see(`555${quiet}`);
    kept.recognised({
      seen: frame(200, 0.5),
      faces: [{ box: [0.3, 0.5, 0.05, 0.05], score: 0.9, track: null, person: 'Ada', similarity: 0.8 }], things: [],
    });
    answer.resolve();
    await kept.settled();
    assert.equal(log.at(-1), 'end');
    assert.ok(log.includes('picture of 200'), 'the picture shows the face');
    const { type, after } = told.at(-1) ?? assert.fail();
    assert.deepEqual([type, after.label, after.kinds, after.faces.map(({ person }) => person)], [
      'end', 'face', ['face', 'motion'], ['Ada'],
    ]);
    for (const message of told) assert.deepEqual(eventMessageSchema.parse(message), message);
  });

  it('gives what is recognised in a stream that is over to no event of the next one', async () => {
    const answer = Promise.withResolvers<void>();
    const { keeper: kept, ended, see } = keeper({}, { answers: answer.promise });
    see('555');
    kept.close(millis(600));
    kept.recognised({
      seen: frame(200, 0.5), faces: [],
      things: [{ label: 'person', box: [0.3, 0.5, 0.1, 0.3], score: 0.9, track: null }],
    });
    answer.resolve();
    await kept.settled();
    assert.deepEqual(ended[0]?.kinds, ['motion']);
  });

  it('tells of a face that is recognised while the last picture is still made before the end, not after it', async () => {
    const pictures: (() => void)[] = [];
    const { keeper: kept, told, see } = keeper({
      takePicture: () => new Promise((resolve) => {
        pictures.push(() =>
          resolve({ file: { name: `${pictures.length}.jpg`, bytes: 3, sha256: SHA }, jpeg: new Uint8Array(3) }));
      }),
    });
    see(`555${quiet}`);
    await later();
    kept.recognised({
      seen: frame(200, 0.5),
      faces: [{ box: [0.3, 0.5, 0.05, 0.05], score: 0.9, track: null, person: 'Ada', similarity: 0.8 }], things: [],
    });
    pictures[0]?.();
    await later();
    pictures[1]?.();
    await kept.settled();
    assert.deepEqual(told.map(({ type }) => type), ['new', 'update', 'update', 'end']);
    assert.equal(told.at(-1)?.after.label, 'face');
    kept.recognised({
      seen: frame(200, 0.5), faces: [],
      things: [{ label: 'person', box: [0.3, 0.5, 0.1, 0.3], score: 0.9, track: null }],
    });
    await later();
    assert.equal(told.length, 4);
  });

  it('has what stands for the event made of its last picture, tells it with the end, and keeps nothing more of it', async () => {
    const file = (name: string) => ({ name, bytes: 3, sha256: SHA });
    const spans: number[][] = [];
    const { keeper: kept, told, forgotten, see } = keeper({
      sumUp: (_id, from, until) => {
        spans.push([from, until]);
        return Promise.resolve({ thumbnail: file('p.thumb.jpg'), preview: file('p.preview.mp4') });
      },
    });
    see(`555${quiet}`);
    await kept.settled();
    const { after } = told.at(-1) ?? assert.fail();
    assert.deepEqual([after.thumbnail?.name, after.preview?.name, spans, forgotten], [
      'p.thumb.jpg', 'p.preview.mp4', [[0, 400]], [after.id],
    ]);
    for (const message of told) assert.deepEqual(eventMessageSchema.parse(message), message);
  });

  it('tells a zone that is entered and one that is left while the event lasts', async () => {
    const { keeper: kept, told } = keeper();
    const within = (at: number, ...names: string[]): Observation => ({
      ...frame(at, 0.5), tracks: [{ id: 1, box: [0.25, 0.5, 0.125, 0.25], since: millis(0), moving: true, path: [],
        zones: ['drive', 'gate'].map((zone) => ({ zone, time: millis(at), inside: names.includes(zone) })) }],
    });
    for (let at = 0; at <= 4000; at += 200)
      kept.observe(at < 1000 ? within(at) : at < 2400 ? within(at, 'drive') : within(at, 'gate'));
    kept.close(millis(4000));
    await kept.settled();
    const zones = told.map(({ after }) => after.current_zones.join())
      .filter((names, index, all) => names !== all[index - 1]);
    assert.deepEqual([zones, told.at(-1)?.after.entered_zones], [['', 'drive', 'gate', ''], ['drive', 'gate']]);
  });

  it('makes an event of nothing that was not recognised, where that is asked for', async () => {
    const { keeper: kept, told, see } = keeper({}, { onlyRecognised: true });
    see('5555');
    kept.recognised({ seen: frame(600, 0.5), faces: [], things: [] });
    assert.equal(told.length, 0);
    kept.recognised({
      seen: frame(600, 0.5), faces: [],
      things: [{ label: 'person', box: [0.3, 0.5, 0.1, 0.3], score: 0.9, track: null }],
    });
    assert.deepEqual(told.map(({ type, after }) => [type, after.label, after.objects.length]), [['new', 'person', 1]]);
    kept.close(millis(800));
    await kept.settled();
  });

  it('tells in which zones something is, and how many were recognised, until the event is over', async () => {
    const { keeper: kept, zones, counts } = keeper();
    const inside = (at: number, isInside: boolean): Observation => ({
      ...frame(at, 0.5),
      tracks: [{
        id: 1, box: [0.25, 0.5, 0.125, 0.25], since: millis(0), moving: true, path: [],
        zones: [{ zone: 'drive', time: millis(at), inside: isInside }],
      }],
    });
    for (const at of [0, 200, 400]) kept.observe(inside(at, true));
    kept.recognised({
      seen: inside(400, true), faces: [],
      things: [{ label: 'person', box: [0.25, 0.5, 0.1, 0.2], score: 0.8, track: null }],
    });
    for (const at of [600, 2200, 3000]) kept.observe(inside(at, false));
    kept.close(millis(3000));
    assert.deepEqual([zones, counts], [
      ['', '', 'drive', 'drive', 'drive', 'drive', '', ''], ['0 0', '0 0', '0 0', '1 0', '1 0', '1 0', '1 0', '0 0'],
    ]);
    await kept.settled();
  });
});
