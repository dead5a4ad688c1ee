import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EVENT_KINDS } from '../../device/contract/event.ts';
import type { RejectedView } from '../../device/contract/fleet-api.ts';
import { spanOf } from '../../device/ui/day.ts';
import { quotaOf, quotaText, unitOf } from './ui/src/accounts/terms.ts';
import { filterInWords, queryOf, readFilter, writeFilter } from './ui/src/events/event-filter.ts';
import { withNewest, withOlder, type Known } from './ui/src/known-pages.ts';
import { mergeRejections } from './ui/src/rejected/merge-rejections.ts';
import { sizeInWords } from './ui/src/words.ts';

const rows = (...times: readonly number[]): readonly RejectedView[] => times.map((at) =>
  ({
    key: `yard/${at}.json`, device: 'yard', reason: { code: 'file.missing', message: 'x' }, rejected_at: at,
    objects: [], folder: '',
  }));
const timesOf = (all: readonly RejectedView[]): readonly number[] => all.map(({ rejected_at: at }) => at);

describe('what an account may hold', () => {
  const shown = (quota: number | null) =>
    `${quotaText(quota)} ${unitOf(quota).name}, ${sizeInWords(quota ?? 0, unitOf(quota).base)}`;

  it('is shown as it was typed: here in gigabytes, as 100G on the command line in powers of 1024', () => {
    assert.deepEqual([100 * 1024 ** 3, 1.5 * 1024 ** 3, quotaOf('100') ?? 0, quotaOf('0,25') ?? 0].map(shown),
      ['100 GiB, 100 GiB', '1.5 GiB, 1.5 GiB', '100 GB, 100 GB', '0.25 GB, 250 MB']);
    assert.equal(quotaOf('200', unitOf(100 * 1024 ** 3)), 200 * 1024 ** 3);
    assert.deepEqual([quotaOf(''), quotaText(null), quotaOf('much')], [null, '', undefined]);
  });
});

describe('the list of rejections on the page', () => {
  it('grows at its far end', () => {
    assert.deepEqual(timesOf(mergeRejections(rows(9, 8), rows(7, 6))), [9, 8, 7, 6]);
  });

  it('stays when the newest are asked for again, without those that were delivered well since', () => {
    assert.deepEqual(timesOf(mergeRejections(rows(9, 8, 7, 6, 5), rows(10, 9, 7))), [10, 9, 7, 6, 5]);
  });
});

describe('a list that grows at both ends', () => {
  const merge = (known: readonly number[], news: readonly number[]): readonly number[] =>
    [...new Set([...known, ...news])].sort((a, b) => b - a);
  const known = (numbers: readonly number[], next: string | null): Known<number> =>
    ({ rows: numbers, next, newestAt: 1000 });
  const newest = (before: Known<number>, numbers: readonly number[], next: string | null, at = 4000) =>
    withNewest(before, { rows: numbers, next, full: 3, at }, merge);

  it('keeps its far end where the newest reach what is known, and begins anew over a gap', () => {
    assert.deepEqual(newest(known([5, 4, 3], '3'), [6, 5, 4], '4'), { rows: [6, 5, 4, 3], next: '3', newestAt: 4000 });
    assert.deepEqual(newest(known([5, 4], '4'), [9, 8, 7], '7'), { rows: [9, 8, 7], next: '7', newestAt: 4000 });
    assert.deepEqual(withOlder(known([5, 4], '4'), { rows: [3], next: null }, merge).rows, [5, 4, 3]);
  });

  it('goes on looking where what is looked for is rare, whatever comes meanwhile', () => {
    const first = newest({ ...known([], null), newestAt: -Infinity }, [], '90');
    const looking = withOlder(first, { rows: [], next: '80' }, merge);
    assert.deepEqual([looking.rows, looking.next], [[], '80']);
    assert.equal(newest(looking, [], '91', 5000).next, '80');
    const found = newest(withOlder(looking, { rows: [72], next: '70' }, merge), [95], '92', 6000);
    assert.deepEqual([found.rows, found.next], [[95, 72], '70']);
  });

  it('begins anew after it was not looked at for long', () => {
    assert.equal(newest(known([], '80'), [], '95', 100_000).next, '95');
  });
});

describe('which events of the fleet are asked for', () => {
  it('is the same in the address and back', () => fc.assert(fc.property(
    fc.record({
      device: fc.constantFrom('yard', 'front-door'), day: fc.constantFrom('2026-11-21', '2024-02-29'),
      kind: fc.constantFrom(...EVENT_KINDS, 'continuous' as const), person: fc.string({ minLength: 1, maxLength: 64 }),
      clip: fc.constant(true as const),
    }, { requiredKeys: [], noNullPrototype: true }),
    (filter) => assert.deepEqual(readFilter(writeFilter(filter)), filter),
  )));

  it('leaves out what is not understood', () => {
    assert.deepEqual(readFilter(`?device=../x&day=soon&kind=ghost&clip=yes&person=${'x'.repeat(65)}&sort=up`), {});
  });

  it('is told to the server without the day\'s name, and to people without the device\'s', () => {
    const { from, to } = spanOf('2026-11-21');
    const filter = { device: 'yard', day: '2026-11-21', kind: 'person', person: 'ada', clip: true } as const;
    assert.equal(
      queryOf(filter, undefined), `?device=yard&kind=person&person=ada&clip=true&from=${from}&to=${to}&limit=48`,
    );
    assert.equal(filterInWords(filter, 'en-GB'), 'ada, Person, on 21 November 2026, with a clip');
    assert.equal(filterInWords({ clip: true }, 'en-GB'), 'With a clip');
    assert.equal(filterInWords({ device: 'yard' }, 'en-GB'), undefined);
  });
});
