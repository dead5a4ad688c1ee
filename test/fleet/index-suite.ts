/** What an index of the fleet is held to, whatever it is kept in. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventKind, TytoEvent } from '../../device/contract/event.ts';
import { eventFolder, eventId, manifestKey } from '../../device/contract/names.ts';
import { hours, millis } from '../../device/core/units.ts';
import type { EventQuery, Filing, FleetIndex, Rejection } from '../../fleet/index/port.ts';

export const NOON = millis(1_795_262_400_000);
const DAY = hours(24);

export interface EventPlan {
  readonly at: number;
  readonly device?: string;
  readonly kinds?: readonly EventKind[];
  readonly person?: string;
  /** Of its clip; without, it has none. */
  readonly clipBytes?: number;
}

export function eventOf({ at, device = 'yard', kinds = ['motion'], person, clipBytes }: EventPlan): TytoEvent {
  const start = at / 1000;
  return {
    id: eventId(millis(at), 0.5), device, camera: 'camera', kinds, label: kinds[0] ?? 'motion',
    start_time: start, end_time: start + 5, frame_time: start + 1, score: 0.5, top_score: 0.8, box: null, boxes: [],
    current_zones: [], entered_zones: [], tracks: [], crossings: [], objects: [],
    faces: person === undefined ? []
      : [{ box: [0.1, 0.1, 0.2, 0.2], score: 0.9, time: start, person, similarity: 0.8 }],
    has_clip: clipBytes !== undefined, has_snapshot: false, clock: 'synced', snapshot: null,
    clip: clipBytes === undefined ? null : {
      name: 'a.mp4', bytes: clipBytes, sha256: '0'.repeat(64), start_time: start, duration: 5,
      codec: 'avc1', width: 64, height: 48,
    },
  };
}

export const filingOf = (event: TytoEvent, more: Partial<Filing> = {}): Filing =>
  ({ event, folder: eventFolder(event), ingestedAt: NOON, damage: null, sealed: false, ...more });

/** Files an event as ingest does: over what the index knows of it. */
export async function add(index: FleetIndex, event: TytoEvent, more: Partial<Filing> = {}): Promise<void> {
  const known = await index.known(event.device, event.id);
  await index.accept(filingOf(event, more), [manifestKey(event)], known.state === 'accepted' ? known.version : 0);
}

export const rejection = (key: string, more: Partial<Rejection> = {}): Rejection => ({
  key, device: 'yard', code: 'file.wrong-hash', message: 'not what was announced', rejectedAt: NOON, folder: 'yard/x/',
  objects: [{ key, bytes: 5, kept: true }], delivery: 'abc', ...more,
});

/** `<device> <seconds since noon>` of all that a query finds, page by page. */
export async function listed(
  index: FleetIndex, query: Omit<EventQuery, 'limit'>, limit = 3,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let before = query.before; ;) {
    const { rows, next } = await index.events({ ...query, limit, ...(before === undefined ? {} : { before }) });
    assert.ok(rows.length <= limit);
    found.push(...rows.map(({ event }) => `${event.device} ${Math.round(event.start_time - NOON / 1000)}`));
    if (next === undefined) return found;
    before = next;
  }
}

/**
 * @param fresh - An empty index; closed by whoever gives it.
 * @param runs - Of what is tried with drawn events.
 */
export function itIsAnIndex(fresh: () => Promise<FleetIndex>, runs: number): void {
  describe('finds', () => {
    let index: FleetIndex;
    before(async () => {
      index = await fresh();
      const plans: readonly EventPlan[] = [
        { at: NOON - 2 * DAY }, { at: NOON - DAY, kinds: ['motion', 'person'], person: 'Ada' },
        { at: NOON, kinds: ['person'], clipBytes: 5 }, { at: NOON + 1000, kinds: ['continuous'], clipBytes: 100 },
        { at: NOON + 2000, device: 'shed', kinds: ['person', 'motion'], person: 'Grace', clipBytes: 6 },
        { at: NOON + 3000, device: 'shed', kinds: ['continuous'] },
        { at: NOON + 4000, device: 'shed', kinds: ['motion'], clipBytes: 1 },
      ];
      for (const plan of plans) await add(index, eventOf(plan), plan.device === 'shed' ? { account: 'farm' } : {});
    });
    const cases: readonly (readonly [string, Omit<EventQuery, 'limit'>, readonly string[]])[] = [
      ['all but continuous recording', {}, ['shed 4', 'shed 2', 'yard 0', 'yard -86400', 'yard -172800']],
      [
        'continuous recording, too', { continuous: true },
        ['shed 4', 'shed 3', 'shed 2', 'yard 1', 'yard 0', 'yard -86400', 'yard -172800'],
      ],
      ['continuous recording alone', { kind: 'continuous' }, ['shed 3', 'yard 1']],
      ['a device\'s', { device: 'yard', continuous: true }, ['yard 1', 'yard 0', 'yard -86400', 'yard -172800']],
      ['a device\'s day', { device: 'yard', from: millis(NOON - DAY), to: NOON }, ['yard -86400']],
      ['a time', { from: NOON, to: millis(NOON + 4000) }, ['shed 2', 'yard 0']],
      ['a kind', { kind: 'person' }, ['shed 2', 'yard 0', 'yard -86400']],
      ['a kind that nearly all have', { kind: 'motion' }, ['shed 4', 'shed 2', 'yard -86400', 'yard -172800']],
      ['a kind on a device', { kind: 'person', device: 'yard' }, ['yard 0', 'yard -86400']],
      ['a kind within a time', { kind: 'person', from: NOON, to: millis(NOON + 1000) }, ['yard 0']],
      ['a person', { person: 'Ada' }, ['yard -86400']],
      ['a person and another kind', { person: 'Ada', kind: 'vehicle' }, []],
      ['nobody who is called like a kind', { person: 'person' }, []],
      ['what has a clip', { withClip: true }, ['shed 4', 'shed 2', 'yard 0']],
      ['a kind that has a clip', { withClip: true, kind: 'person', device: 'yard' }, ['yard 0']],
      ['an account\'s', { account: 'farm' }, ['shed 4', 'shed 2']],
      ['a kind in an account', { account: 'default', kind: 'person' }, ['yard 0', 'yard -86400']],
      ['nothing of a device in another account', { account: 'farm', device: 'yard' }, []],
      ['nothing in an account that is not there', { account: 'nobody' }, []],
    ];
    for (const [what, query, expected] of cases) {
      it(what, async () => { assert.deepEqual(await listed(index, query), expected); });
    }
    it('who was recognised, of all accounts, the first of them if there are many', async () => {
      assert.deepEqual([await index.people(9), await index.people(1)], [['Ada', 'Grace'], ['Ada']]);
    });
  });

  describe('keeps its promises:', () => itKeepsItsPromises(fresh, runs));
}

function itKeepsItsPromises(fresh: () => Promise<FleetIndex>, runs: number): void {
  let index: FleetIndex;
  beforeEach(async () => { index = await fresh(); });

  it('has one row for an event, however often it comes', async () => {
    const event = eventOf({ at: NOON });
    await add(index, event);
    await add(index, event, { ingestedAt: millis(NOON + 5000) });
    await index.accept(filingOf(event), [], 0); // a worker that was interrupted behind this step
    assert.deepEqual((await index.events({ limit: 10 })).rows, [
      {
        event, folder: 'yard/2026/11/21/', ingestedAt: NOON, damage: null, sealed: false, account: 'default', held: [],
      },
    ]);
    assert.deepEqual(await index.devices(), [
      { account: 'default', device: 'yard', firstSeen: NOON, lastSeen: NOON, events: 1, bytes: 0, lastEventAt: NOON },
    ]);
    assert.deepEqual(await index.known('yard', event.id), {
      state: 'accepted', event, held: [], version: 1, forgotten: [],
    });
    assert.deepEqual(await index.known('shed', event.id), { state: 'new' });
    assert.deepEqual(
      [(await index.event('yard', event.id))?.event, await index.event('shed', event.id)], [event, undefined],
    );
  });

  it('takes in more of an event that it has, where it stands', async () => {
    const event = eventOf({ at: NOON, kinds: ['motion', 'vehicle'] });
    await add(index, event, { held: [{ role: 'clip', bytes: 9 }] });
    const more = { ...eventOf({ at: NOON, kinds: ['motion', 'person'], clipBytes: 9 }), top_score: 0.9 };
    await add(index, more, { ingestedAt: millis(NOON + 5000) });
    assert.deepEqual((await index.events({ limit: 10 })).rows, [
      {
        event: more, folder: 'yard/2026/11/21/', ingestedAt: NOON, damage: null, sealed: false, account: 'default',
        held: [],
      },
    ]);
    const [device] = await index.devices();
    assert.deepEqual([device?.events, device?.bytes], [1, 9]);
    assert.deepEqual(
      [await listed(index, { kind: 'person' }), await listed(index, { kind: 'vehicle' })], [['yard 0'], []],
    );
  });

  it('finds and counts what the fleet made of an event, too', async () => {
    const event = eventOf({ at: NOON, clipBytes: 5 });
    const { faces } = eventOf({ at: NOON, person: 'Ada' });
    await add(index, event, {
      findings: { faces, thumbnail: { name: 'a.thumb.jpg', bytes: 3, sha256: '0'.repeat(64) } },
    });
    assert.deepEqual([await listed(index, { person: 'Ada' }), (await index.usage('default')).bytes], [['yard 0'], 8]);
    await index.remove('yard', event.id, NOON);
    assert.deepEqual([await listed(index, { person: 'Ada' }), (await index.usage('default')).bytes], [[], 0]);
  });

  it('takes nothing back of damage that is known, nor of what is encrypted', async () => {
    const event = eventOf({ at: NOON });
    const damage = { reason: '5 of 10 pictures decode without fault', decoded_share: 0.5 };
    await add(index, event, { damage, sealed: true });
    await add(index, { ...event, top_score: 0.9 });
    const row = await index.event('yard', event.id);
    assert.deepEqual([row?.damage, row?.sealed, row?.event.top_score], [damage, true, 0.9]);
  });

  it('refuses to file over what another worker changed meanwhile, and changes nothing', async () => {
    const event = eventOf({ at: NOON });
    await add(index, event);
    const other = filingOf({ ...event, top_score: 0.9 });
    await assert.rejects(index.accept(other, [], 0), { name: 'RemoteError', code: 'index.raced' });
    await index.accept(other, [], 1);
    await assert.rejects(index.accept(filingOf(event), [], 1), { code: 'index.raced' });
    assert.equal((await index.event('yard', event.id))?.event.top_score, 0.9);
  });

  it('gives one row and one count when many workers file the same event at once', async () => {
    const event = eventOf({ at: NOON, clipBytes: 7, kinds: ['person'] });
    await Promise.all(Array.from({ length: 8 }, () => index.accept(filingOf(event), [], 0)));
    assert.deepEqual(await listed(index, {}), ['yard 0']);
    assert.deepEqual(await index.usage('default'), { events: 1, bytes: 7 });
  });

  it('names each person once, however often and wherever seen, and no kind that sounds like one', async () => {
    const names = ['Zoë', 'Ada', 'person', 'Ada', 'Ada'];
    for (const [i, person] of names.entries()) {
      const event = eventOf({ at: NOON + i * 1000, person, kinds: ['person', 'face'] });
      await add(index, event, i === 3 ? { account: 'farm' } : {});
    }
    assert.deepEqual(await index.people(9), ['Ada', 'Zoë', 'person']);
  });

  it('offers nobody whom no event names any more, whether that was renamed, forgotten or deleted', async () => {
    const at = (days: number): number => NOON - days * DAY;
    const seen = [at(0), at(1), at(40)].map((when) => eventOf({ at: when, person: 'Ada', kinds: ['person', 'face'] }));
    for (const event of seen) await add(index, event);
    await add(index, eventOf({ at: at(2), person: 'Ada' }), { account: 'farm' });
    const named = (event: TytoEvent, person: string | null): TytoEvent =>
      ({ ...event, faces: event.faces.map((face) => ({ ...face, person })), revision: 1 });
    const [first, second, third] = seen;
    assert.ok(first && second && third);
    await add(index, named(first, null));
    await add(index, named(second, 'Grace'));
    assert.deepEqual([await index.people(9), await listed(index, { person: 'Ada', account: 'default' })], [
      ['Ada', 'Grace'], ['yard -3456000'],
    ]);
    await index.remove('yard', third.id, NOON);
    assert.deepEqual(await index.people(9), ['Ada', 'Grace'], 'another account has her still');
    await add(index, named(eventOf({ at: at(2), person: 'Ada' }), null));
    assert.deepEqual([await index.people(9), await listed(index, { person: 'Ada' })], [['Grace'], []]);
    await add(index, eventOf({ at: at(3), person: 'Ada' }));
    assert.deepEqual([await index.people(9), await listed(index, { person: 'Ada' })], [
      ['Ada', 'Grace'], ['yard -259200'],
    ]);
  });

  it('gives every event exactly once, newest first, page by page, while new ones arrive', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 3e8 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }), fc.boolean(),
        async (offsets, limit, filtered) => {
          const empty = await fresh();
          for (const offset of offsets)
            await add(empty, eventOf({ at: NOON + offset, device: offset % 3 === 0 ? 'shed' : 'yard' }));
          const expected = offsets.filter((offset) => !filtered || offset % 3 !== 0).sort((a, b) => b - a);
          const got: number[] = [];
          let before: string | undefined;
          do {
            const { rows, next } = await empty.events({
              limit, ...(filtered ? { device: 'yard' } : {}), ...(before === undefined ? {} : { before }),
            });
            got.push(...rows.map(({ event }) => Math.round(event.start_time * 1000) - NOON));
            before = next;
            await add(empty, eventOf({ at: NOON + 4e8 + got.length })); // newer than all
          } while (before !== undefined);
          assert.deepEqual(got, expected);
        },
      ),
      { numRuns: runs },
    ));

  it('keeps events of two devices apart, even with the same id', async () => {
    for (const device of ['yard', 'shed', 'gate']) await add(index, eventOf({ at: NOON, device }));
    assert.deepEqual(await listed(index, {}, 1), ['yard 0', 'shed 0', 'gate 0']);
    const { next } = await index.events({ limit: 2 });
    assert.deepEqual(
      [
        await listed(index, { device: 'gate', before: next ?? '' }),
        await listed(index, { device: 'yard', before: next ?? '' }),
      ],
      [['gate 0'], []],
    );
  });

  it('finds people whose names are longer than a key may be, each by the whole of it', async () => {
    const names = ['a', 'b'].map((end) => 'N'.repeat(5000) + end);
    for (const [i, person] of names.entries()) await add(index, eventOf({ at: NOON + i * 1000, person }));
    assert.deepEqual(
      [await listed(index, { person: names[0] ?? '' }), await listed(index, { person: names[1] ?? '' })],
      [['yard 0'], ['yard 1']],
    );
  });

  it('finds people whose names are cut within a sign, or hold half of one', async () => {
    const names = [`${'N'.repeat(63)}🦉`, '\ud83e'];
    for (const [i, person] of names.entries()) await add(index, eventOf({ at: NOON + i * 1000, person }));
    assert.deepEqual(
      [await listed(index, { person: names[0] ?? '' }), await listed(index, { person: names[1] ?? '' })],
      [['yard 0'], ['yard 1']],
    );
  });

  it('refuses a cursor that it did not give out', async () => {
    for (const before of [
      '', 'x', '1795262400.000000-aaaaaa_../etc', '1795262400.000000-aaaaaa_a_b', '9'.repeat(3000),
    ]) {
      await assert.rejects(index.events({ limit: 1, before }), { name: 'ConfigError', code: 'index.cursor' }, before);
      if (before !== '')
        await assert.rejects(index.rejected({ limit: 1, before: `!${before}` }), { code: 'index.cursor' });
    }
  });

  it('knows when a device was first and last heard of, and what it and its account have', async () => {
    await add(index, eventOf({ at: NOON, clipBytes: 5 }), { ingestedAt: NOON });
    await add(index, eventOf({ at: NOON - 60_000, clipBytes: 7 }), { ingestedAt: millis(NOON + 9000) });
    await add(index, eventOf({ at: NOON, device: 'shed' }), { account: 'farm' });
    const yard = {
      account: 'default', device: 'yard', firstSeen: NOON, lastSeen: millis(NOON + 9000), events: 2, bytes: 12,
      lastEventAt: NOON,
    };
    assert.deepEqual(
      (await index.devices()).map(({ account, device }) => [account, device]), [['farm', 'shed'], ['default', 'yard']],
    );
    assert.deepEqual(await index.devices({ account: 'default' }), [yard]);
    assert.deepEqual(await index.devices({ after: 'shed', limit: 5 }), [yard]);
    assert.deepEqual((await index.devices({ limit: 1 })).map(({ device }) => device), ['shed']);
    assert.deepEqual(
      [await index.usage('default'), await index.usage('nobody')], [{ events: 2, bytes: 12 }, { events: 0, bytes: 0 }],
    );
  });

  it('leaves an event with the account that it came to first', async () => {
    const event = eventOf({ at: NOON });
    await add(index, event, { account: 'farm' });
    await add(index, { ...event, top_score: 0.9 }, { account: 'town' });
    assert.deepEqual(
      [await listed(index, { account: 'farm' }), await listed(index, { account: 'town' })], [['yard 0'], []],
    );
  });

  it('deletes an event for good: what is delivered late does not bring it back', async () => {
    const event = eventOf({ at: NOON, kinds: ['person'], person: 'Ada', clipBytes: 5 });
    await add(index, event);
    await add(index, eventOf({ at: NOON + 1000, kinds: ['person'], clipBytes: 7 }));
    assert.equal(await index.remove('yard', event.id, NOON), true);
    assert.equal(await index.remove('yard', event.id, NOON), false);
    assert.deepEqual(await index.known('yard', event.id), { state: 'deleted' });
    await assert.rejects(index.accept(filingOf(event), [], 0), { code: 'index.raced' });
    assert.equal(await index.event('yard', event.id), undefined);
    for (const query of [{}, { device: 'yard' }, { kind: 'person' } as const])
      assert.deepEqual(await listed(index, query), ['yard 1']);
    assert.deepEqual(
      [await listed(index, { person: 'Ada' }), await index.usage('default')], [[], { events: 1, bytes: 7 }],
    );
    assert.equal(await index.remove('yard', eventOf({ at: NOON + 9000 }).id, NOON), false);
  });

  it('keeps the latest rejection of a key, unfinished until the landing is empty', async () => {
    await index.reject(rejection('yard/a.json'));
    await index.reject(rejection('yard/b.json', { rejectedAt: millis(NOON + 1) }));
    const again = rejection('yard/a.json', { code: 'file.missing', rejectedAt: millis(NOON + 2) });
    await index.reject(again);
    assert.deepEqual((await index.rejected({ limit: 10 })).rows.map(({ key, code }) => [key, code]), [
      ['yard/a.json', 'file.missing'], ['yard/b.json', 'file.wrong-hash'],
    ]);
    assert.deepEqual(await index.unfinishedRejection('yard/a.json'), again);
    await index.finishRejection('yard/a.json');
    assert.equal(await index.unfinishedRejection('yard/a.json'), undefined);
    assert.deepEqual([await index.rejection('yard/a.json'), await index.rejection('yard/c.json')], [again, undefined]);
    const first = await index.rejected({ limit: 1 });
    const second = await index.rejected({ limit: 1, before: first.next ?? '' });
    assert.deepEqual([second.rows.map(({ key }) => key), second.next], [['yard/b.json'], undefined]);
  });

  it('keeps the rejection of what lay under no device, and under a key as long as stores allow', async () => {
    const odd = rejection(`stray-${'x'.repeat(1018)}`, { device: '' });
    await index.reject(odd);
    assert.deepEqual(
      [(await index.rejected({ limit: 5 })).rows, await index.unfinishedRejection(odd.key)], [[odd], odd],
    );
  });

  it('forgets the rejection of what was delivered well later', async () => {
    const event = eventOf({ at: NOON });
    await index.reject(rejection(manifestKey(event)));
    await add(index, event);
    assert.deepEqual((await index.rejected({ limit: 10 })).rows, []);
    assert.equal(await index.unfinishedRejection(manifestKey(event)), undefined);
  });

  it('tells of changes', async () => {
    const before = index.revision;
    await add(index, eventOf({ at: NOON }));
    assert.notEqual(index.revision, before);
  });
}

