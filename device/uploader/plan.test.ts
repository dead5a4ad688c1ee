import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { eventSchema } from '../contract/event.ts';
import { manifestSchema, type FileRole } from '../contract/manifest.ts';
import { millis } from '../core/units.ts';
import { changedEvent, eventWith, filesToSend, hasMore, longestWait, manifestIsDue, RETRY, retryAt, valueOf } from './plan.ts';

const event = endedEvent(1);

describe('upload plan', () => {
  it('sends the picture before the clip, and only what is missing', () => {
    const roles = (stored: ('clip' | 'snapshot')[]) => filesToSend(event, { stored, told: undefined }).map(({ role }) => role);
    assert.deepEqual(roles([]), ['snapshot', 'clip']);
    assert.deepEqual(roles(['snapshot']), ['clip']);
    assert.deepEqual(roles(['snapshot', 'clip']), []);
    assert.deepEqual(filesToSend({ ...event, clip: null }, { stored: [], told: undefined }).map(({ role }) => role), ['snapshot']);
  });

  it('sends thumbnail and preview where there are some, each before what is larger, and names them once they are there', () => {
    const file = (name: string) => ({ name, bytes: 9, sha256: 'e'.repeat(64) });
    const whole = { ...event, thumbnail: file('a.thumb.jpg'), preview: file('a.preview.mp4') };
    const roles = (stored: readonly FileRole[]) => filesToSend(whole, { stored, told: undefined }).map(({ role }) => role);
    assert.deepEqual([roles([]), roles(['thumbnail', 'preview'])], [['thumbnail', 'snapshot', 'preview', 'clip'], ['snapshot', 'clip']]);
    assert.deepEqual(eventWith(whole, ['thumbnail', 'snapshot', 'clip']), { ...event, thumbnail: whole.thumbnail });
    assert.deepEqual([hasMore(whole, ['snapshot', 'clip']), hasMore(whole, ['thumbnail', 'snapshot', 'preview', 'clip']), hasMore(event, ['thumbnail', 'snapshot'])], [true, false, false]);
    assert.deepEqual(changedEvent(whole, event), whole, 'what the catalogue lost meanwhile stays on the list');
  });

  it('wants a manifest where there is none, and another one once more of the event has arrived', () => {
    assert.equal(manifestIsDue({ stored: [], told: undefined }), true);
    assert.equal(manifestIsDue({ stored: ['snapshot'], told: ['snapshot'] }), false);
    assert.equal(manifestIsDue({ stored: ['snapshot', 'clip'], told: ['snapshot'] }), true);
    assert.equal(manifestIsDue({ stored: ['snapshot', 'clip'], told: ['clip', 'snapshot'] }), false);
  });

  it('names in a manifest only what was stored', () => {
    const { clip, has_clip: hasClip, snapshot } = eventWith(event, ['snapshot']);
    assert.deepEqual({ clip, hasClip, snapshot }, { clip: null, hasClip: false, snapshot: event.snapshot });
    assert.deepEqual(eventWith(event, ['snapshot', 'clip']), event);
    for (const told of [eventWith(event, []), eventWith(event, ['clip'])]) {
      assert.doesNotThrow(() => { manifestSchema.parse({ version: 1, event: eventSchema.parse(told), producer: 'test' }); });
    }
  });

  it('values the newest event most, and whatever was refused below all that was not', () => {
    const [old, recent] = [endedEvent(1), endedEvent(9)];
    assert.ok(valueOf(recent, 'pending') > valueOf(old, 'pending'));
    assert.ok(valueOf(old, 'pending') > valueOf(recent, 'refused'));
    assert.ok(valueOf(recent, 'refused') > valueOf(old, 'refused'));
  });

  it('tries everything again, however often it failed, within bounds', () => {
    const kinds = fc.constantFrom('unfit' as const, 'refused' as const, 'unreachable' as const);
    fc.assert(fc.property(kinds, fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (kind, attempts, random) => {
      const wait = retryAt(kind, { attempts, now: millis(1e12), random }, RETRY) - 1e12;
      assert.ok(wait >= 2500 && wait <= longestWait(RETRY), `${wait}`);
    }));
    assert.equal(retryAt('unreachable', { attempts: 1, now: millis(0), random: 1 }, RETRY), 5000);
    assert.equal(retryAt('unreachable', { attempts: 50, now: millis(0), random: 1 }, RETRY), 900_000);
    assert.equal(retryAt('refused', { attempts: 1, now: millis(0), random: 1 }, RETRY), 60_000);
  });
});
