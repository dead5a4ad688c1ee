import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { eventSchema, type TytoEvent } from '../contract/event.ts';
import { FILE_ROLES, manifestSchema, type FileRole } from '../contract/manifest.ts';
import { changedEvent, eventWith, hasMore, heldOf, manifestIsDue, nextStep, type Outlook } from './plan.ts';
import { uploadPolicy } from './policy.ts';

const file = (name: string) => ({ name, bytes: 9, sha256: 'e'.repeat(64) });
const event = endedEvent(1);
const whole: TytoEvent = { ...event, thumbnail: file('a.thumb.jpg'), preview: file('a.preview.mp4') };
const outlook = (change: Partial<Outlook> = {}): Outlook =>
  ({ event: whole, stored: [], told: undefined, faulty: [], isAsked: false, ...change });

/** Every step that an event takes: `news: thumbnail snapshot`. */
function story(from: Partial<Outlook>, wants: readonly FileRole[] = FILE_ROLES, isLight = false): readonly string[] {
  const steps: string[] = [];
  for (let now = outlook(from); steps.length < 9;) {
    const step = nextStep(now, wants, isLight);
    if (step === undefined) break;
    const roles = step.files.map(({ role }) => role);
    steps.push([`${step.class}:`, ...roles].join(' '));
    const stored = [...now.stored, ...roles];
    now = { ...now, stored, told: stored };
  }
  return steps;
}

describe('upload plan', () => {
  it('sends pictures with the first manifest, and what is larger with the next', () => {
    assert.deepEqual(story({}), ['news: thumbnail snapshot', 'media: preview clip']);
    assert.deepEqual(story({ event }), ['news: snapshot', 'media: clip']);
    assert.deepEqual(story({ event: { ...event, clip: null, has_clip: false } }), ['news: snapshot']);
    assert.deepEqual(story({ event: { ...event, snapshot: null, has_snapshot: false } }), ['news:', 'media: clip']);
    assert.deepEqual(story({ stored: ['snapshot'] }), ['news: thumbnail', 'media: preview clip']);
  });

  it('sends all of what was asked for, and in one step what is continuous', () => {
    assert.deepEqual(story({ isAsked: true }), ['news: thumbnail snapshot', 'asked: preview clip']);
    const piece: TytoEvent = {
      ...event, kinds: ['continuous'], label: 'continuous', snapshot: null, has_snapshot: false,
    };
    assert.deepEqual(
      [story({ event: piece }), story({ event: piece, isAsked: true })], [['continuous: clip'], ['asked: clip']],
    );
  });

  it('spares the line with a small picture first, and sends the large one when it may', () => {
    assert.deepEqual(story({}, FILE_ROLES, true), ['news: thumbnail', 'pictures: snapshot', 'media: preview clip']);
  });

  it('sends only what is wanted', () => {
    assert.deepEqual(story({}, ['thumbnail', 'snapshot']), ['news: thumbnail snapshot']);
    assert.deepEqual(story({}, []), ['news:']);
  });

  it('sends the rest of an event before it tries again what could not go', () => {
    assert.deepEqual(
      story({ faulty: ['thumbnail'] }), ['news: snapshot', 'media: preview clip', 'pictures: thumbnail'],
    );
    assert.deepEqual(story({
      faulty: ['clip'], stored: ['thumbnail', 'snapshot', 'preview'], told: ['thumbnail', 'snapshot', 'preview'],
    }), ['media: clip']);
  });

  it('sends every wanted file once, and ends with a manifest that names all, whatever went wrong before', () => fc.assert(fc.property(
    fc.subarray([...FILE_ROLES]), fc.subarray([...FILE_ROLES]), fc.subarray([...FILE_ROLES]),
    fc.boolean(), fc.boolean(),
    (wants, stored, faulty, isAsked, isLight) => {
      const sent = story(
        { stored, told: undefined, faulty: faulty.filter((role) => !stored.includes(role)), isAsked }, wants, isLight,
      )
        .flatMap((step) => step.split(' ').slice(1));
      assert.deepEqual([...sent].sort(), wants.filter((role) => !stored.includes(role)).sort());
    },
  )));

  it('wants a manifest where there is none, and another one once more of the event has arrived', () => {
    assert.equal(manifestIsDue({ stored: [], told: undefined }), true);
    assert.equal(manifestIsDue({ stored: ['snapshot'], told: ['snapshot'] }), false);
    assert.equal(manifestIsDue({ stored: ['snapshot', 'clip'], told: ['snapshot'] }), true);
    assert.equal(manifestIsDue({ stored: ['snapshot', 'clip'], told: ['clip', 'snapshot'] }), false);
  });

  it('names in a manifest only what was stored, and what is still here beside it', () => {
    const { clip, has_clip: hasClip, snapshot } = eventWith(event, ['snapshot']);
    assert.deepEqual({ clip, hasClip, snapshot }, { clip: null, hasClip: false, snapshot: event.snapshot });
    assert.deepEqual(eventWith(event, ['snapshot', 'clip']), event);
    assert.deepEqual(eventWith(whole, ['thumbnail', 'snapshot', 'clip']), { ...event, thumbnail: whole.thumbnail });
    for (const told of [eventWith(event, []), eventWith(event, ['clip'])]) {
      assert.doesNotThrow(() => {
        manifestSchema.parse({ version: 1, event: eventSchema.parse(told), producer: 'test' });
      });
    }
    assert.deepEqual(heldOf(event, { stored: ['snapshot'], faulty: [] }), [{ role: 'clip', bytes: 2000 }]);
    assert.deepEqual(heldOf(event, { stored: ['snapshot'], faulty: ['clip'] }), [], 'it is not here as it should be');
  });

  it('keeps on its list what the catalogue lost meanwhile, and begins again only for more', () => {
    assert.deepEqual(changedEvent(whole, event), whole);
    const more = (now: TytoEvent, stored: readonly FileRole[], wants: readonly FileRole[] = FILE_ROLES) =>
      hasMore(now, stored, wants);
    assert.deepEqual(
      [more(whole, ['snapshot', 'clip']), more(whole, FILE_ROLES), more(event, ['thumbnail', 'snapshot'])],
      [true, false, false],
    );
    assert.deepEqual(
      [more(whole, ['snapshot'], ['snapshot']), more(whole, ['snapshot'], ['snapshot', 'clip'])], [false, true],
    );
  });
});

describe('what is uploaded', () => {
  const roles = (what: Parameters<typeof uploadPolicy>[0], of = whole, isAsked = false) =>
    uploadPolicy(what).wants(of, isAsked);
  const piece: TytoEvent = { ...event, kinds: ['continuous'], label: 'continuous' };

  it('is what the setting says, and all of what was asked for', () => {
    assert.deepEqual([roles('all'), roles('events'), roles('pictures'), roles('on_demand')], [
      FILE_ROLES, FILE_ROLES, ['thumbnail', 'snapshot'], ['thumbnail', 'snapshot'],
    ]);
    assert.deepEqual([roles('all', piece), roles('events', piece), roles('pictures', piece)], [FILE_ROLES, [], []]);
    assert.deepEqual([roles('pictures', whole, true), roles('on_demand', piece, true)], [FILE_ROLES, FILE_ROLES]);
  });

  it('is for an event what the first rule says that it fits', () => {
    const policy = uploadPolicy(
      'pictures', [{ when: { kinds: ['animal'] }, what: 'pictures' }, { when: { score: 0.8 }, what: 'events' }],
    );
    const score = (kinds: TytoEvent['kinds'], top: number) =>
      policy.wants({ ...whole, kinds, top_score: top }, false).length;
    assert.deepEqual([score(['motion'], 0.9), score(['animal'], 0.9), score(['motion'], 0.5)], [4, 2, 2]);
    assert.deepEqual(policy.wants(piece, false), [], 'continuous recording meets no rule');
  });
});
