import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hours } from '../../device/core/units.ts';
import { eventually } from '../../test/eventually.ts';
import { accepted, eventOf, ListedNews, Listener, tell, tellingFolder } from '../../test/fleet/telling.ts';
import { faceOf } from '../../test/fixtures/told-events.ts';
import { hastyClock } from '../../test/hasty-clock.ts';
import type { FleetMessage } from './message.ts';
import { Outbox } from './outbox.ts';
import { TellFault } from './publishers/port.ts';

const HOOK = { name: 'hook', type: 'webhook', url: 'http://127.0.0.1:1/' };
const of = (device: string, n: number) => accepted(eventOf(n, { device }));
const sent = ({ heard }: Listener): readonly FleetMessage[] =>
  heard.map(({ body }) => JSON.parse(body) as FleetMessage);

describe('events that others are told', () => {
  let folder: string;
  let room: Awaited<ReturnType<typeof tellingFolder>>;
  let news: ListedNews;
  let publisher: Listener;
  beforeEach(async () => {
    room = await tellingFolder();
    ({ folder } = room);
    [news, publisher] = [new ListedNews(), new Listener()];
  });
  afterEach(() => room[Symbol.asyncDispose]());

  it('say what came, whose it is and from where', async () => {
    await using _ = await tell({
      folder, news, plans: [{ ...HOOK, links: { base: 'https://fleet.example.org/', lasts: '5m' } }], publisher,
    });
    const event = eventOf(1);
    news.all.push(accepted(event, { isFirst: true }), accepted(event, { what: 'updated' }), {
      at: hours(490_000), what: 'rejected',
      rejection: {
        key: 'shed/a.json', device: 'shed', code: 'file.wrong-hash', message: 'not what was announced', delivery: 'x',
      },
    });
    await eventually('all told', () => publisher.heard.length === 4);
    const [first, taken, more, refused] = sent(publisher);
    assert.deepEqual({ type: first?.type, id: first?.id, device: first?.device, account: first?.account },
      { type: 'device.first_seen', id: 'yard/first-seen', device: 'yard', account: 'home' });
    assert.deepEqual({ version: taken?.version, type: taken?.type, id: taken?.id, event: taken?.event }, {
      version: 1, type: 'event.accepted', id: `yard/${event.id}/accepted`, event,
    });
    assert.equal(taken?.links?.clip, `https://fleet.example.org/media/yard/2026/11/21/${event.clip?.name}?signature=x`);
    assert.deepEqual([taken?.links?.thumbnail, taken?.damage, taken?.sealed], [null, null, false]);
    assert.equal(more?.type, 'event.updated');
    assert.deepEqual([refused?.type, refused?.rejected, refused?.account],
      ['event.rejected', { key: 'shed/a.json', code: 'file.wrong-hash', message: 'not what was announced' }, null]);
    assert.deepEqual(publisher.heard.map(({ device }) => device), ['yard', 'yard', 'yard', 'shed']);
  });

  it('tell and mean what the fleet found and made by itself, too', async () => {
    const plans = [{ ...HOOK, when: { people: ['Grace'] }, links: { base: 'https://fleet.example.org/' } }];
    await using _ = await tell({ folder, news, plans, publisher });
    const told = accepted(eventOf(2));
    assert.ok(told.what === 'accepted');
    const faces = [faceOf('Grace')];
    news.all.push(of('yard', 1), {
      ...told,
      row: { ...told.row, findings: { faces, thumbnail: { name: 'small.jpg', bytes: 1, sha256: 'a'.repeat(64) } } },
    });
    await eventually('told', () => publisher.heard.length > 0);
    const [message] = sent(publisher);
    assert.deepEqual([publisher.heard.length, message?.event?.id, message?.found_faces], [1, eventOf(2).id, faces]);
    assert.match(message?.links?.thumbnail ?? '', /\/fleet\/small\.jpg\?/);
  });

  it('are not those from before anybody asked', async () => {
    news.all.push(of('yard', 1));
    await using _ = await tell({ folder, news, plans: [HOOK], publisher });
    news.all.push(of('yard', 2));
    await eventually('one told', () => publisher.heard.length > 0);
    assert.deepEqual(sent(publisher).map(({ event }) => event?.id), [eventOf(2).id]);
  });

  it('go to each as it asked, and one that fails keeps nothing from another', async () => {
    const plans = [
      { ...HOOK, name: 'people', when: { people: ['Ada'] } },
      { ...HOOK, name: 'continuous', when: { continuous: true, devices: ['shed'] } },
      { ...HOOK, name: 'types', when: { types: ['device.first_seen'] } },
    ];
    const broken: string[] = [];
    publisher.answer = async (messages) => {
      if (messages.some(({ type }) => type === 'device.first_seen')) { broken.push('x'); throw new Error('is away'); }
      return messages.map(() => 'told');
    };
    await using running = await tell({ folder, news, plans, publisher });
    news.all.push(
      accepted(eventOf(1, { faces: [faceOf('Ada')] }), { isFirst: true }), of('shed', 2),
      accepted(eventOf(3, { device: 'shed', kinds: ['continuous'], label: 'continuous' })),
      accepted(eventOf(4, { kinds: ['continuous'], label: 'continuous' })),
    );
    await eventually('all told that can be', () => publisher.heard.length === 3 && broken.length > 0);
    const counts = running.events.views().map(({ plan, counts: { told, waiting } }) => [plan.name, told, waiting]);
    assert.deepEqual(counts, [['people', 1, 0], ['continuous', 2, 0], ['types', 0, 1]]);
    assert.match(running.events.views()[2]?.problem?.message ?? '', /is away/);
  });

  it('of which one cannot be digested go on without it; it is kept, and told when somebody has mended it', async () => {
    publisher.answer = async (messages) => {
      if (messages.some(({ id }) => id.includes(eventOf(3).id))) throw new TellFault('too large', { blame: 'never' });
      return messages.map(() => 'told');
    };
    await using running = await tell({ folder, news, plans: [HOOK], publisher });
    for (let n = 1; n <= 5; n++) news.all.push(of('yard', n));
    await eventually('the others', () => running.events.views()[0]?.counts.told === 4);
    const [view] = running.events.views();
    assert.deepEqual(
      view?.dead.map(({ id, result }) => [id, result]), [[`yard/${eventOf(3).id}/accepted`, 'too large']],
    );
    publisher.answer = async (messages) => messages.map(() => 'told');
    assert.equal(running.events.redrive('hook'), 1);
    await eventually('it, too', () => running.events.views()[0]?.counts.told === 5);
    assert.equal(running.events.redrive('nobody'), undefined);
  });

  it('are put aside when a receiver stumbles over one eight times, and when they waited for too long', async () => {
    publisher.answer = async () => { throw new TellFault('answered with 500', { blame: 'message' }); };
    await using running = await tell({ folder, news, plans: [HOOK], publisher });
    news.all.push(of('yard', 1));
    const dead = await eventually('it is put aside', () => running.events.views()[0]?.dead[0]);
    assert.equal(dead.attempts, 8);
    await using late = await tellingFolder();
    using outbox = Outbox.open(path.join(late.folder, 'events.db'), hastyClock.now(), () => {});
    outbox.cursor = '0';
    outbox.add('hook', {
      folder: '',
      message: { version: 1, id: 'yard/first-seen', type: 'device.first_seen', at: 1, account: null, device: 'yard' },
    }, hours(1));
    await using other = await tell({
      folder: late.folder, news: new ListedNews(), plans: [HOOK], publisher: new Listener(),
    });
    assert.match(
      (await eventually('it is put aside', () => other.events.views()[0]?.dead[0])).result, /waited for longer/,
    );
  });

  it('begin anew from what the index remembers when the outbox is damaged', async () => {
    news.all.push(of('yard', 1));
    await writeFile(path.join(folder, 'events.db'), 'not a database, but long enough to be looked at'.repeat(50));
    await using _ = await tell({ folder, news, plans: [HOOK], publisher });
    await eventually('told', () => publisher.heard.length === 1);
  });

  it('are forgotten for who is set up no more', async () => {
    publisher.answer = async () => { throw new Error('away'); };
    await using first = await tell({ folder, news, plans: [HOOK, { ...HOOK, name: 'other' }], publisher });
    news.all.push(of('yard', 1));
    await eventually('noted', () => first.events.views().every(({ counts }) => counts.waiting === 1));
    await first[Symbol.asyncDispose]();
    await using second = await tell({ folder, news, plans: [{ ...HOOK, name: 'other' }], publisher: new Listener() });
    await eventually('told', () => second.events.views()[0]?.counts.told === 1);
    using outbox = Outbox.open(path.join(folder, 'events.db'), hastyClock.now(), () => {});
    await eventually('tidy', () => outbox.counts('hook').waiting === 0);
  });

  it('reach all at least once and in order per device, wherever it is killed', async () => {
    const devices = ['yard', 'shed', 'gate'];
    const expected = devices.map((device) =>
      Array.from({ length: 4 }, (_, n) => `${device}/${eventOf(n + 1).id}/accepted`));
    for (let at = 1, isOver = false; !isOver; at++) {
      await using place = await tellingFolder();
      const all = new ListedNews();
      const listener = new Listener(3);
      // it is known from the beginning
      { await using _ = await tell({ folder: place.folder, news: all, plans: [HOOK], publisher: listener }); }
      for (let n = 1; n <= 4; n++) for (const device of devices) all.all.push(of(device, n));
      isOver = await runUntilKilled(place.folder, all, listener, at);
      await using _ = await tell({ folder: place.folder, news: all, plans: [HOOK], publisher: listener });
      await eventually('all told', () => new Set(listener.heard.map(({ id }) => id)).size === 12);
      const told = listener.heard.map(({ id }) => id);
      assert.deepEqual(
        devices.map((device) => [...new Set(told.filter((id) => id.startsWith(device)))]),
        expected, `killed at step ${at}`,
      );
    }
  });
});

/**
 * Dies before or after the step of this number takes effect: it hangs, and hears nothing more.
 * @returns Whether it came to its end before that.
 */
async function runUntilKilled(folder: string, news: ListedNews, listener: Listener, at: number): Promise<boolean> {
  const dead = Promise.withResolvers<boolean>();
  let steps = 0;
  const over = new AbortController();
  const die = (until: AbortSignal): Promise<never> => {
    dead.resolve(false);
    return new Promise((_, reject) => {
      const stop = (): void => reject(until.reason as Error);
      if (until.aborted) stop();
      until.addEventListener('abort', stop, { once: true });
    });
  };
  const step = (): boolean => ++steps === at;
  const plain = new Listener(3);
  plain.answer = async (messages, signal) => {
    if (step()) await die(signal);
    listener.heard.push(...messages);
    if (step()) await die(signal);
    if (new Set(listener.heard.map(({ id }) => id)).size === 12) dead.resolve(true);
    return messages.map(() => 'told');
  };
  const dying = Object.assign(new ListedNews(), { all: news.all, since: async (cursor: string, limit: number) => {
    if (step()) await die(over.signal);
    return news.since(cursor, limit);
  } });
  await using _ = await tell({ folder, news: dying, plans: [HOOK], publisher: plain });
  const isOver = await dead.promise;
  over.abort();
  return isOver;
}
