import assert from 'node:assert/strict';
import type { FleetEventsView, FleetEventView } from '../../device/contract/fleet-api.ts';
import { millis } from '../../device/core/units.ts';
import { RunningConsole } from '../../test/fleet/console.ts';
import { uploadOf } from '../../test/fleet/uploads.ts';
import { call } from '../../test/http/client.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const CLIP = Buffer.from('0123456789'.repeat(100));
const facts = { codec: 'avc1.64001f', width: 1280, height: 720, duration: 12 };

describe('links to media of the fleet', () => {
  let fleet: RunningConsole;
  let cookie: string;
  beforeEach(async () => {
    fleet = await RunningConsole.start();
    cookie = await fleet.owner();
    await fleet.add(uploadOf({ clip: CLIP, picture: Buffer.from('picture') }, { at: NOON, device: 'yard', facts }));
  });
  afterEach(() => fleet[Symbol.asyncDispose]());
  const get = (path: string) => call(fleet.port, 'GET', path, { headers: { cookie } });
  const first = async (): Promise<FleetEventView> => {
    const [view] = ((await get('/api/events')).body as FleetEventsView).events;
    assert.ok(view);
    return view;
  };
  /** Without the cookie: a link is its own permission. */
  const follow = (link: string | null, headers: Record<string, string> = {}, method = 'GET') =>
    call(fleet.port, method, link ?? '', { headers });

  it('lead to thumbnail and preview, too, of an event that has them', async () => {
    await fleet.add(
      uploadOf({ thumbnail: Buffer.from('small'), preview: Buffer.from('a film') }, { at: NOON + 5000 }),
    );
    const { links } = await first();
    assert.deepEqual([links.clip, links.picture], [null, null]);
    const found = await Promise.all([follow(links.thumbnail), follow(links.preview)]);
    assert.deepEqual(found.map(({ headers, bytes }) => [headers['content-type'], bytes.toString()]), [
      ['image/jpeg', 'small'], ['video/mp4', 'a film'],
    ]);
  });

  it('open clip and picture without signing in, as what they are and nothing else', async () => {
    const { links: { clip, picture } } = await first();
    const video = await follow(clip);
    assert.deepEqual(
      [video.status, video.headers['content-type'], video.bytes.equals(CLIP)],
      [200, 'video/mp4', true],
    );
    const image = await follow(picture);
    assert.deepEqual(
      [image.status, image.headers['content-type'], image.bytes.toString()],
      [200, 'image/jpeg', 'picture'],
    );
    for (const { headers } of [video, image]) {
      assert.deepEqual([headers['x-content-type-options'], headers['cache-control']], ['nosniff', 'no-store']);
      assert.match(String(headers['content-disposition']), /^inline; filename="20261121T120000\.000Z_yard_camera_/);
    }
  });

  it('give parts, so that players can seek', async () => {
    const { links: { clip } } = await first();
    const ranges: readonly (readonly [string, number, string | undefined, string])[] = [
      ['bytes=0-9', 206, 'bytes 0-9/1000', '0123456789'],
      ['bytes=995-', 206, 'bytes 995-999/1000', '56789'],
      ['bytes=-3', 206, 'bytes 997-999/1000', '789'],
      ['bytes=998-5000', 206, 'bytes 998-999/1000', '89'],
    ];
    for (const [range, status, place, content] of ranges) {
      const answer = await follow(clip, { range });
      assert.deepEqual(
        [answer.status, answer.headers['content-range'], answer.bytes.toString()],
        [status, place, content],
        range,
      );
      assert.equal(answer.headers['content-length'], String(content.length));
    }
    const beyond = await follow(clip, { range: 'bytes=1000-' });
    assert.deepEqual(
      [beyond.status, beyond.headers['content-range'], beyond.code],
      [416, 'bytes */1000', 'media.range'],
    );
    assert.equal((await follow(clip, { range: 'bytes=0-1,4-5' })).bytes.byteLength, 1000);
    const head = await follow(clip, { range: 'bytes=0-9' }, 'HEAD');
    assert.deepEqual([head.status, head.headers['content-length'], head.bytes.byteLength], [206, '10', 0]);
  });

  it('give what is empty as empty', async () => {
    await fleet.add(uploadOf({ picture: Buffer.alloc(0) }, { at: NOON + 1000 }));
    const answer = await follow((await first()).links.picture);
    assert.deepEqual([answer.status, answer.bytes.byteLength], [200, 0]);
  });

  it('die after 100 seconds, and a fresh one is had for the asking', async () => {
    const start = Date.now();
    fleet.now = () => millis(start);
    const { links: { clip }, expires_at: expires, event } = await first();
    assert.equal(expires, (start + 100_000) / 1000);
    fleet.now = () => millis(start + 99_999);
    assert.equal((await follow(clip)).status, 200);
    fleet.now = () => millis(start + 100_000);
    const dead = await follow(clip, { range: 'bytes=0-9' });
    assert.deepEqual([dead.status, dead.code, dead.headers['content-range']], [403, 'link.expired', undefined]);
    const fresh = (await get(`/api/events/${event.device}/${event.id}`)).body as FleetEventView;
    assert.equal((await follow(fresh.links.clip)).status, 200);
  });

  it('tell a person with a dead link what to do', async () => {
    const { links: { clip } } = await first();
    fleet.now = () => millis(Date.now() + 200_000);
    const page = await follow(clip, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    assert.deepEqual([page.status, page.headers['content-type']], [403, 'text/html; charset=utf-8']);
    assert.match(page.bytes.toString(), /This link no longer works.*links work for 100 seconds.*<a href="\/">/s);
    assert.doesNotMatch(String(page.headers['content-security-policy']), /unsafe/);
  });

  it('cannot be made up, stretched or turned to another object', async () => {
    const { links: { clip, picture } } = await first();
    const link = new URL(clip ?? '', 'http://x');
    const changed = (change: (url: URL) => void): string => {
      const url = new URL(link);
      change(url);
      return url.pathname + url.search;
    };
    const forged = [
      link.pathname,
      changed(({ searchParams }) => searchParams.set('expires', '9999999999')),
      changed(({ searchParams }) => searchParams.set('expires', '9999999999.000')),
      changed(({ searchParams }) => searchParams.set('signature', 'A'.repeat(43))),
      changed(({ searchParams }) => searchParams.append('signature', 'x')),
      changed((url) => {
        url.pathname = new URL(picture ?? '', 'http://x').pathname;
      }),
      changed((url) => {
        url.pathname = '/media/..%2findex.db';
      }),
      changed((url) => {
        url.pathname = url.pathname.replace('yard', 'yar%64');
      }),
    ];
    for (const path of forged)
      assert.deepEqual([(await follow(path)).status, (await follow(path)).code], [403, 'link.invalid'], path);
  });

  it('are told apart from media that is gone only to who may know', async () => {
    const { links: { clip }, event } = await first();
    await fleet.library.remove(`yard/2026/11/21/${event.clip?.name}`);
    assert.deepEqual([(await follow(clip)).status, (await follow(clip)).code], [404, 'media.gone']);
    const told = await follow(clip, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    assert.deepEqual([told.status, told.headers['content-type']], [404, 'text/html; charset=utf-8']);
  });
});
