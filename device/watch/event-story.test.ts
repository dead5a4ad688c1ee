import assert from 'node:assert/strict';
import fc from 'fast-check';
import { eventSchema } from '../contract/event.ts';
import { nothingSeen, type Observation, type Track, type ZoneStay } from '../core/frame.ts';
import type { Box, Point } from '../core/geometry.ts';
import { millis, ratio, seconds } from '../core/units.ts';
import { allLeft, emptyStory, facesOf, kindsOf, observe, recognise, storyAfter, type Story } from './event-story.ts';
import { SURE } from './looks.ts';
import { momentSeen } from './moment.ts';
import type { Recognition, SeenFace } from './recognition.ts';
import { directionOf, tellAccount } from './tell-account.ts';

const stay = (zone: string, time: number, inside = true): ZoneStay => ({ zone, time: seconds(time), inside });
const track = (id: number, change: Partial<Track> = {}): Track =>
  ({ id, box: [0.4, 0.4, 0.2, 0.3], since: millis(0), moving: true, path: [[0.5, 0.7]], zones: [], ...change });
const frame = (at: number, ...tracks: Track[]): Observation =>
  ({ ...nothingSeen(seconds(at)), motion: tracks.length > 0, score: ratio(0.5), tracks, boxes: tracks.map(({ box }) =>
    box) });
const face = (person: string | null, box: Box = [0.45, 0.45, 0.05, 0.05], score = 0.8): SeenFace =>
  ({ box, score, track: null, person, similarity: person === null ? null : 0.7 });
const seeing = (at: number, faces: readonly SeenFace[], tracks: readonly Track[] = []): Recognition =>
  ({ seen: frame(at, ...tracks), faces: faces.map((one) => ({ ...one, track: tracks[0]?.id ?? null })), things: [] });
const after = (...steps: (Observation | Recognition)[]): Story =>
  steps.reduce((story, step) => ('faces' in step ? recognise(story, step) : observe(story, step)), emptyStory);
const tell = (story: Story) =>
  tellAccount({ kinds: ['motion'], best: momentSeen(frame(0)), story, words: {} }, {
    size: { width: 1280, height: 720 }, wallTime: (at) => at,
  });

describe('what an event tells', () => {
  it('follows each thing from where it came to where it went, with its time in each zone', () => {
    const story = after(
      frame(1, track(1, { path: [[0.9, 0.7]] })),
      frame(4, track(1, { path: [[0.9, 0.7], [0.2, 0.6]], zones: [stay('drive', 2.4)] })),
    );
    assert.deepEqual(tell(story).tracks, [
      {
        id: 1, start_time: 0, end_time: 4, path: [[0.9, 0.7], [0.2, 0.6]], direction: 'left',
        zones: [{ zone: 'drive', seconds: 2.4 }],
      },
    ]);
  });

  it('keeps the zones in the order in which they were entered, and knows where something is now', () => {
    const story = after(
      frame(1, track(1, { zones: [stay('gate', 1)] })),
      frame(2, track(1, { zones: [stay('gate', 1, false), stay('drive', 1)] })),
    );
    assert.deepEqual([tell(story).entered_zones, tell(story).current_zones], [['gate', 'drive'], ['drive']]);
  });

  it('has nothing in a zone 2 s after the last that was seen there, though the event waits for more', () => {
    const story = after(frame(1, track(1, { zones: [stay('drive', 1)] })), frame(3));
    const told = (now: Story) => [tell(now).current_zones, [...now.switches.keys()]];
    assert.deepEqual(told(story), [['drive'], ['drive']]);
    const left = observe(story, frame(3.2));
    assert.deepEqual(told(left), [[], []]);
    assert.notEqual(left.revision, story.revision);
    assert.equal(observe(left, frame(3.4)), left);
    assert.deepEqual(tell(left).entered_zones, ['drive']);
  });

  it('has nothing in a zone that was left while others move, its switch 2 s later', () => {
    const story = after(
      frame(1, track(1, { zones: [stay('gate', 1)] })),
      frame(2, track(1, { zones: [stay('gate', 1, false), stay('drive', 1)] })),
      frame(2.5),
    );
    assert.deepEqual([story.current, [...story.switches.keys()]], [['drive'], ['gate', 'drive']]);
  });

  it('has nothing in any zone once nothing is seen any more, also where its switch waited to go off', () => {
    const story = after(
      frame(1, track(1, { zones: [stay('gate', 1)] })), frame(2, track(1, { zones: [stay('gate', 1, false)] })),
    );
    assert.deepEqual([story.current, [...story.switches.keys()]], [[], ['gate']]);
    const left = allLeft(story);
    assert.deepEqual([left.switches.size, left.revision], [0, story.revision]);
    assert.equal(allLeft(left), left);
  });

  it('takes a thing that vision numbers anew, after it was replaced, for another one', () => {
    const story = after(frame(1, track(1)), frame(9, track(1, { since: seconds(9) })));
    assert.deepEqual(tell(story).tracks.map(({ id }) => id), [1, 2]);
  });

  it('does not tell again what the event before has told, however often it goes on', () => {
    const at = (time: number) => frame(time, track(1, { zones: [stay('drive', time), stay('gate', 2, false)] }));
    const second = observe(storyAfter(after(at(10))), at(14));
    const third = observe(storyAfter(second), at(17));
    assert.deepEqual(tell(second).tracks[0]?.zones, [{ zone: 'drive', seconds: 4 }]);
    assert.deepEqual(tell(third).tracks[0]?.zones, [{ zone: 'drive', seconds: 3 }]);
    assert.deepEqual(tell(second).tracks[0]?.start_time, 14);
    assert.deepEqual(tell(third).entered_zones, ['drive']);
  });

  it('keeps the large and lasting of very many', () => {
    const crumbs = Array.from({ length: 100 }, (_, index) =>
      track(index + 2, { box: [0, 0, 0.01, 0.01], since: seconds(5) }));
    const { tracks } = tell(after(frame(1, track(1)), frame(5, track(1), ...crumbs), frame(6, ...crumbs)));
    assert.equal(tracks.length, 32);
    assert.ok(tracks.some(({ id }) => id === 1));
  });

  it('is news only when there is any', () => {
    const first = after(frame(1, track(1)));
    assert.equal(observe(first, frame(2, track(1))).revision, first.revision);
    assert.notEqual(observe(first, frame(2, track(1, { zones: [stay('drive', 0)] }))).revision, first.revision);
  });

  it('gives a way the direction that the picture shows', () => {
    const way = (...path: Point[]) => directionOf(path, { width: 1920, height: 1080 });
    assert.deepEqual([
      way([0.1, 0.5], [0.4, 0.9]), way([0.1, 0.1], [0.3, 0.8]), way([0.5, 0.9], [0.5, 0.2]),
      way([0.5, 0.5], [0.52, 0.5]), way(),
    ],
      ['right', 'down', 'up', null, null]);
  });
});

describe('faces of an event', () => {
  const names = (story: Story) => tell(story).faces.map(({ person }) => person);

  it('are one while it is the same thing that has it', () => {
    const there = (x: number) => track(1, { box: [x, 0.4, 0.2, 0.4] });
    const story = after(
      seeing(1, [face(null, [0.15, 0.45, 0.05, 0.05])], [there(0.1)]),
      seeing(9, [face(null, [0.75, 0.45, 0.05, 0.05])], [there(0.7)]),
    );
    assert.equal(facesOf(story).length, 1);
  });
  it('are two when one picture shows two', () =>
    assert.equal(facesOf(after(seeing(1, [face(null), face(null, [0.46, 0.45, 0.05, 0.05])], [track(1)]))).length, 2));
  it('get the name once it is known, and keep it', () => assert.deepEqual(
    names(after(
      seeing(1, [face(null)], [track(1)]), seeing(2, [face('Ada')], [track(1)]), seeing(3, [face(null)], [track(1)]),
    )), [
      'Ada',
    ]));
  it('of two names are two people', () =>
    assert.deepEqual(
      names(after(seeing(1, [face('Ada')], [track(1)]), seeing(2, [face('Grace')], [track(1)]))), ['Ada', 'Grace'],
    ));
  it('are told by their best look', () =>
    assert.deepEqual(tell(
      after(seeing(1, [face(null)]), seeing(2, [face(null, [0.44, 0.44, 0.06, 0.06], 0.9)])),
    ).faces.map(({ time }) =>
      time), [2]));
  it('count once two looks agree, where one alone is not sure: the second comes with the next picture', () => {
    const unsure = face(null, undefined, 0.7);
    const once = after(seeing(1, [unsure], [track(1)]));
    assert.deepEqual([tell(once).faces, kindsOf(once), once.revision], [[], [], 0]);
    const twice = recognise(once, seeing(2, [face(null, undefined, 0.66)], [track(1)]));
    assert.deepEqual(tell(twice).faces.map(({ time, score }) => [time, score]), [[1, 0.7]]);
    assert.notEqual(twice.revision, once.revision);
  });
  it('count at once where the look is sure, or tells whose it is', () => {
    for (const one of [face(null, undefined, SURE), face('Ada', undefined, 0.66)])
      assert.equal(facesOf(after(seeing(1, [one], [track(1)]))).length, 1);
  });
  it('do not count when looks that are not sure are of different things, in different places, or long apart', () => {
    const [here, there] = [[0.45, 0.45, 0.05, 0.05], [0.6, 0.3, 0.05, 0.05]] as const;
    const at = (time: number, box: Box, id?: number): Recognition =>
      seeing(time, [face(null, box, 0.7)], id === undefined ? [] : [track(id)]);
    for (const looks of [[at(1, here, 1), at(2, there, 2)], [at(1, here), at(2, there)], [at(1, here), at(5, here)]])
      assert.deepEqual(tell(after(...looks)).faces, []);
    assert.equal(facesOf(after(at(1, here), at(2, there), at(3, here))).length, 1);
  });
  it('do not count when looks at one thing that are not sure are long apart, until one soon after agrees', () => {
    const unsure = (time: number, box?: Box): Recognition => seeing(time, [face(null, box, 0.7)], [track(1)]);
    const apart = after(unsure(1), unsure(240, [0.7, 0.6, 0.2, 0.2]));
    assert.deepEqual(tell(apart).faces, []);
    assert.equal(facesOf(recognise(apart, unsure(250))).length, 1);
  });
  it('count also after more than an event holds that did not', () => {
    const lone = Array.from({ length: 70 }, (_, index) =>
      seeing(10 * index, [face(null, undefined, 0.7)], [track(index)]));
    assert.equal(facesOf(after(...lone, seeing(1000, [face(null, undefined, 0.97)], [track(100)]))).length, 1);
  });
  it('that are not sure join a face that counts already', () => {
    const counted = after(seeing(1, [face(null, undefined, 0.9)], [track(1)]));
    const again = recognise(counted, seeing(2, [face(null, [0.4, 0.4, 0.2, 0.2], 0.7)], [track(1)]));
    assert.deepEqual(tell(again).faces.map(({ score }) => score), [0.7]); // larger, and so better seen
  });
  it('make it an event of faces', () => assert.deepEqual(kindsOf(after(seeing(1, [face(null)]))), ['face']));
});

describe('what an event tells, whatever was seen', () => {
  const fraction = fc.double({ min: -0.2, max: 1.2, noNaN: true });
  const box = fc.tuple(fraction, fraction, fraction.map(Math.abs), fraction.map(Math.abs));
  const tracks = fc.array(fc.record({
    id: fc.integer({ min: 1, max: 40 }), box, since: fc.integer({ min: 0, max: 5 }).map(seconds),
    moving: fc.boolean(), path: fc.array(fc.tuple(fraction, fraction), { maxLength: 40 }),
    zones: fc.array(fc.record({
      zone: fc.constantFrom('a', 'b', 'c'), time: fc.integer({ min: 0, max: 9 }).map(seconds), inside: fc.boolean(),
    }), { maxLength: 3 }),
  }), { maxLength: 40 });

  it('keeps the contract', () => fc.assert(fc.property(fc.array(
    fc.tuple(tracks, fc.array(box, { maxLength: 5 })), { maxLength: 12 },
  ), (frames) => {
    const story = frames.reduce((told, [seen, faces], index) => {
      const observation = {
        ...frame(index + 6), motion: true, tracks: seen,
        crossings: [{ line: 'door', direction: 'in' as const, track: 1 }],
      };
      return recognise(observe(told, observation), {
        seen: observation, faces: faces.map((each) => face(null, each)), things: [],
      });
    }, emptyStory);
    const told = tell(story);
    const { tracks: ways, crossings, faces, objects } = eventSchema.pick({
      tracks: true, crossings: true, faces: true, objects: true,
    }).parse({ tracks: told.tracks, crossings: told.crossings, faces: told.faces, objects: told.objects });
    assert.deepEqual({ ways, crossings, faces, objects }, {
      ways: told.tracks, crossings: told.crossings, faces: told.faces, objects: told.objects,
    });
    assert.equal(new Set(ways.map(({ id }) => id)).size, ways.length);
  }), { numRuns: 60 }));
});
