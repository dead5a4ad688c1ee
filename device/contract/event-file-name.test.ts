import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { eventAt } from '../../test/recording/events.ts';
import { millis } from '../core/units.ts';
import { EVENT_KINDS, type TytoEvent } from './event.ts';
import { NAME_PATTERN } from './name-pattern.ts';
import { downloadName, eventFileName, fileNamesFault, NAME_STYLES } from './event-file-name.ts';
import { eventId, MEDIA_EXTENSIONS } from './names.ts';

const STYLES = Object.keys(NAME_STYLES);

/** An event that began then, with everything that a name may tell. */
function eventOf(
  startMs: number, { random = 0.5, ...more }: Partial<TytoEvent> & { readonly random?: number } = {},
): TytoEvent {
  return {
    ...eventAt(0, { lasted: 8.5 }), id: eventId(millis(startMs), random), camera: 'frontdoor',
    start_time: startMs / 1000, end_time: startMs / 1000 + 8.5, top_score: 0.035, box: [344, 17, 389.4, 64], ...more,
  };
}

const start = new Date(2026, 10, 21, 10, 15, 30, 123).getTime();
const seconds = Math.floor(start / 1000);

describe('names of files that are given out', () => {
  it('are those of other programs where that is wanted', () => {
    const event = eventOf(start, { random: 35 / 36 ** 6 });
    const named = ['kerberos', 'kerberos-agent', 'motion', 'motioneye', 'frigate', 'tyto'].map((style) =>
      eventFileName(style, event, 'mp4'));
    assert.deepEqual(named, [
      `${seconds}_6-123000_frontdoor_344-17-389-64_35_35.mp4`, `${seconds}_3-123_frontdoor_344-17-389-64_35_8500.mp4`,
      '35-20261121101530.mp4', '2026-11-21/10-15-30.mp4', `frontdoor-${seconds}.123000-00000z.mp4`, undefined,
    ]);
    assert.match(eventFileName('kerberos', eventOf(start, { box: null }), 'jpg') ?? '', /_0-0-0-0_35_\d+\.jpg$/);
  });

  it('may be patterns of one\'s own, and one plain name for a download', () => {
    const pattern = '%{camera}/%Y%m%d/%H%M%S_%{label}_%{id}';
    assert.equal(fileNamesFault(pattern), undefined);
    assert.equal(
      eventFileName(pattern, eventOf(start), 'thumb.jpg'),
      `frontdoor/20261121/101530_motion_${eventOf(start).id}.thumb.jpg`,
    );
    assert.equal(downloadName('motioneye', eventOf(start), 'preview.mp4'), '2026-11-21_10-15-30.preview.mp4');
  });

  it('are refused where they would lead elsewhere, be all the same, or hold what nobody knows', () => {
    for (const style of [
      '', '../%{id}', '/%{id}', '%{id}/..', 'a//%{id}', '.%{id}', '%{id}\\x', '%{id}\u0000', '%{id}\n', '~/%{id}',
      '%{id} ', `${'x'.repeat(200)}%{id}`,
    ]) {
      assert.ok(fileNamesFault(style) !== undefined, JSON.stringify(style));
    }
    assert.match(fileNamesFault('%Y-%m-%d') ?? '', /all events have the same name/);
    assert.match(fileNamesFault('%{sub_label}-%S') ?? '', /"%\{sub_label\}", which is not known/);
    assert.match(fileNamesFault('%{id') ?? '', /not known/);
    assert.deepEqual([...STYLES, 'tyto'].map(fileNamesFault), [...STYLES, 'tyto'].map(() => undefined));
  });

  const event = fc.record({
    at: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2040, 0, 1) }),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    camera: fc.stringMatching(NAME_PATTERN), label: fc.constantFrom(...EVENT_KINDS),
    box: fc.option(fc.tuple(fc.double(), fc.double(), fc.double(), fc.double())),
    sub_label: fc.string({ minLength: 1 }),
  }).map(({ at, random, ...more }) => eventOf(at, { random, ...more }));
  const part = fc.oneof(fc.constantFrom(
    '%Y',
    '%m', '%d', '%H', '%M', '%S', '%v', '%{id}', '%{camera}', '%{label}', '%{region}', '/', '..', '.', '-', '_', ' ',
    '%', '~',
  ), fc.string({ maxLength: 3 }));
  const pattern = fc.oneof(fc.constantFrom(...STYLES), fc.array(part, { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join('')));

  it('never leave their folder, whatever pattern is accepted and whatever the event holds', () => fc.assert(
    fc.property(event, pattern, fc.constantFrom(...MEDIA_EXTENSIONS), (one, style, extension) => {
      if (fileNamesFault(style) !== undefined) return;
      const name = eventFileName(style, one, extension) ?? '';
      const file = path.join('/export', name);
      assert.ok(file.startsWith('/export/')
        && path.relative('/export', file) === name
        && !/[^A-Za-z0-9._()=+@ /-]/.test(name), JSON.stringify(name));
      assert.ok(
        name.split('/').every((folder) => folder !== '' && !folder.startsWith('.') && folder.length <= 255), name,
      );
    }), { numRuns: 500 }));

  it('are different for different events, where the format can tell them apart', () => fc.assert(
    fc.property(fc.uniqueArray(event, { minLength: 2, maxLength: 20, selector: ({ id }) => id }), (events) => {
      for (const style of ['kerberos', 'frigate']) {
        assert.equal(
          new Set(events.map((one) => eventFileName(style, { ...one, camera: 'gate' }, 'mp4'))).size,
          events.length, style,
        );
      }
    })));

  it('sort by time where the format does', () => fc.assert(
    fc.property(event, event, (a, b) => {
      for (const style of ['kerberos', 'kerberos-agent', 'frigate']) {
        const [first, second] = [a, b].map((one) => eventFileName(style, { ...one, camera: 'gate' }, 'mp4') ?? '');
        if (Math.floor(a.start_time) < Math.floor(b.start_time))
          assert.ok((first ?? '') < (second ?? ''), `${first} ${second}`);
      }
    })));
});
