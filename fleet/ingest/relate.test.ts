import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TytoEvent } from '../../device/contract/event.ts';
import { manifestKey } from '../../device/contract/names.ts';
import { millis } from '../../device/core/units.ts';
import { manifestOf, uploadOf } from '../../test/fleet/uploads.ts';
import { judgeManifest, type ExpectedFile } from './decide.ts';
import { DEFAULT_LIMITS as limits } from './limits.ts';
import { relate } from './relate.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const facts = { codec: 'avc1.64001f', width: 1280, height: 720, duration: 12 };
const { event } = uploadOf({ clip: Buffer.from('clip'), picture: Buffer.from('picture') }, { at: NOON, facts });
const withoutClip = { ...event, clip: null, has_clip: false };
const withoutPicture = { ...event, snapshot: null, has_snapshot: false };

/** As ingest reads it, with the files that it names. */
function delivered(told: TytoEvent): { readonly event: TytoEvent; readonly files: readonly ExpectedFile[] } {
  const verdict = judgeManifest(manifestKey(told), manifestOf(told), millis(NOON + 60_000), limits);
  assert.ok(verdict.verdict === 'go-on', JSON.stringify(verdict));
  return verdict;
}
function relationOf(known: TytoEvent | undefined, told: TytoEvent): ReturnType<typeof relate> {
  const { event: next, files } = delivered(told);
  return relate(known && delivered(known).event, next, files);
}

describe('an event that is delivered once more', () => {
  it('is new, or known, or has more than was known', () => {
    assert.equal(relationOf(undefined, event).relation, 'new');
    assert.equal(relationOf(event, event).relation, 'known');
    assert.equal(relationOf(event, withoutClip).relation, 'known', 'less than was known is nothing new');
    const more = relationOf(withoutPicture, withoutClip);
    assert.ok(more.relation === 'more');
    assert.deepEqual([more.event, more.files.map(({ role }) => role)], [event, ['picture']]);
  });

  it('never replaces what was accepted', () => {
    const otherClip = { ...event, clip: event.clip && { ...event.clip, sha256: '0'.repeat(64) } };
    for (const next of [
      otherClip,
      { ...event, top_score: 0.1 },
      { ...event, camera: 'other' },
      { ...withoutClip, label: 'manual' as const },
    ]) {
      assert.equal(relate(event, next, []).relation, 'conflict');
      assert.equal(relate(event, { ...next, revision: 1 }, []).relation, 'conflict', 'nor by calling itself later');
    }
    assert.equal(relationOf(withoutPicture, otherClip).relation, 'conflict');
    for (const words of [{ top_score: 0.1 }, { label: 'manual' as const }, { entered_zones: [] }, { end_time: null }])
      for (const revision of [{}, { revision: 1 }]) {
        const { files } = delivered(event);
        const told = { ...event, entered_zones: ['vault'] };
        const known = { ...told, clip: null, has_clip: false };
        assert.equal(relate(known, { ...told, ...words, ...revision }, files).relation, 'conflict', 'nor with a file');
      }
  });
});

describe('an event whose device renamed or forgot somebody', () => {
  const named = (person: string | null, revision = 0): TytoEvent => ({
    ...event,
    faces: [{ box: [0, 0, 0.1, 0.1], score: 0.9, time: NOON / 1000, person, similarity: person === null ? null : 0.8 }],
    ...(revision === 0 ? {} : { revision }),
  });

  it('takes the place of what was known, with no file', () => {
    const forgotten = relationOf(named('Ada'), named(null, 1));
    assert.ok(forgotten.relation === 'more');
    assert.deepEqual([forgotten.event, forgotten.files], [delivered(named(null, 1)).event, []]);
  });

  it('keeps the later name when what was told before comes after it, alone or with a file', () => {
    assert.equal(relationOf(named(null, 1), named('Ada')).relation, 'known');
    const more = relationOf({ ...named(null, 1), clip: null, has_clip: false }, named('Ada'));
    assert.ok(more.relation === 'more');
    assert.deepEqual([more.event, more.files.map(({ role }) => role)], [delivered(named(null, 1)).event, ['clip']]);
  });

  it('keeps what came first of two tellings of one revision', () => {
    assert.equal(relationOf(named(null, 1), named('Bob', 1)).relation, 'known');
    assert.equal(relationOf(named(null, 1), named('Bob', 2)).relation, 'more');
  });

  it('is the same event where it was taken in by a version that knew less of events', () => {
    const { objects: _objects, tracks: _tracks, ...older } = event;
    const known = { ...older, clip: null, has_clip: false } as TytoEvent;
    assert.equal(relate(known, event, delivered(event).files).relation, 'more');
    assert.equal(relate(known, { ...withoutClip, revision: 1 }, []).relation, 'more');
  });

  it('comes to the name of the last change and to all files, in whatever order and however often it is delivered', () => {
    const names = ['Ada', 'Adelheid', null];
    const part = fc.record({ revision: fc.nat(2), clip: fc.boolean(), picture: fc.boolean() });
    fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
      let known: TytoEvent | undefined;
      for (const { revision, clip, picture } of parts) {
        const { event: next, files } = delivered({
          ...named(names[revision] ?? null, revision), ...(clip ? {} : { clip: null, has_clip: false }),
          ...(picture ? {} : { snapshot: null, has_snapshot: false }),
        });
        const relation = relate(known, next, files);
        assert.notEqual(relation.relation, 'conflict');
        if (relation.relation === 'new') known = next;
        if (relation.relation === 'more') known = relation.event;
      }
      const last = Math.max(...parts.map(({ revision }) => revision));
      assert.deepEqual(known && [known.revision ?? 0, known.faces[0]?.person, known.has_clip, known.has_snapshot], [
        last, names[last], parts.some(({ clip }) => clip), parts.some(({ picture }) => picture),
      ]);
    }));
  });
});
