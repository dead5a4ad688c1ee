import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { call, openCall } from '../../test/http/client.ts';
import { sampleEvent } from '../../test/web/fake-device.ts';
import { startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import type { TytoEvent } from '../contract/event.ts';

const START = 1_795_252_530;

describe('recorded media over HTTP', () => {
  let web: RunningWeb;
  let cookie: string;
  beforeEach(async () => {
    web = await startWeb();
    cookie = await web.owner();
  });
  afterEach(() => web[Symbol.asyncDispose]());
  const get = (route: string, headers: Record<string, string> = {}, method = 'GET') =>
    call(web.port, method, route, { headers: { cookie, ...headers } });

  let file: string;
  let event: TytoEvent;
  let etag: string;
  const content = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 251));
  beforeEach(async () => {
    file = path.join(web.folder, '20261121T101530.123Z_tyto-1_yard_1795252530.123456-k3x9ab.mp4');
    await writeFile(file, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    etag = `"${sha256}"`;
    event = sampleEvent(START, 5);
    web.archive.put(event, { clip: { path: file, sha256 }, snapshot: { path: file, sha256 } });
  });
  const clip = (headers: Record<string, string> = {}, method = 'GET') =>
    get(`/api/events/${event.id}/clip.mp4`, headers, method);

  it('is sent whole, with its hash as its tag and its own name', async () => {
    const { status, headers, bytes } = await clip();
    assert.equal(status, 200);
    assert.deepEqual(bytes, content);
    assert.deepEqual([headers['content-type'], headers.etag, headers['accept-ranges']], ['video/mp4', etag, 'bytes']);
    assert.match(headers['content-disposition'] ?? '', /^inline; filename="?20261121T101530\.123Z_tyto-1_yard_/);
    assert.equal((await get(`/api/events/${event.id}/snapshot.jpg`)).headers['content-type'], 'image/jpeg');
    assert.deepEqual([
      (await get(`/api/events/${event.id}/preview.mp4`)).code,
      (await get(`/api/events/${event.id}/thumbnail.jpg`)).code,
    ], ['media.none', 'media.none']);
    web.archive.put(event, { clip: { path: file, sha256: undefined, name: 'frontdoor-1.mp4' } });
    assert.equal(
      (await clip()).headers['content-disposition'],
      'inline; filename="frontdoor-1.mp4"', 'or another name, where one is wanted',
    );
    web.archive.put(event, {
      thumbnail: { path: file, sha256: undefined }, preview: { path: file, sha256: undefined },
    });
    const types = ['preview.mp4', 'thumbnail.jpg'].map(async (name) =>
      (await get(`/api/events/${event.id}/${name}`)).headers['content-type']);
    assert.deepEqual(await Promise.all(types), ['video/mp4', 'image/jpeg']);
  });

  it('is sent in parts', async () => {
    for (const [range, first, last] of [
      ['bytes=0-99', 0, 99], ['bytes=900-', 900, 999], ['bytes=-1', 999, 999],
    ] as const) {
      const { status, headers, bytes } = await clip({ range });
      assert.deepEqual([status, headers['content-range'], headers['content-length']], [
        206, `bytes ${first}-${last}/1000`, String(last - first + 1),
      ]);
      assert.deepEqual(bytes, content.subarray(first, last + 1));
    }
  });

  it('has no part beyond its end', async () => {
    const { status, headers, code } = await clip({ range: 'bytes=1000-' });
    assert.deepEqual([status, code, headers['content-range']], [416, 'media.range', 'bytes */1000']);
    assert.match(headers['content-type'] ?? '', /json/);
  });

  it('answers HEAD with the same head and nothing else', async () => {
    const { status, headers, bytes } = await clip({ range: 'bytes=0-9' }, 'HEAD');
    assert.deepEqual([status, headers['content-length'], bytes.byteLength], [206, '10', 0]);
  });

  it('is not sent again to who has it, nor in parts of another version', async () => {
    assert.equal((await clip({ 'if-none-match': etag })).status, 304);
    assert.equal((await clip({ range: 'bytes=0-9', 'if-range': etag })).status, 206);
    assert.equal((await clip({ range: 'bytes=0-9', 'if-range': '"older"' })).status, 200);
  });

  it('grows while the event runs: sent as far as it is written, and never kept', async () => {
    web.archive.put({ ...event, end_time: null }, { clip: { path: file, sha256: undefined } });
    const { headers } = await clip({ range: 'bytes=0-' });
    assert.deepEqual(
      [headers['content-range'], headers.etag, headers['cache-control']], ['bytes 0-999/1000', undefined, 'no-store'],
    );
    await appendFile(file, content);
    assert.equal((await clip({ range: 'bytes=1000-' })).headers['content-range'], 'bytes 1000-1999/2000');
    await writeFile(file, '');
    assert.equal((await clip()).code, 'media.empty');
  });

  it('says so when retention took it', async () => {
    await rm(file);
    assert.deepEqual([(await clip()).status, (await clip()).code], [404, 'media.gone']);
  });

  it('may be left in the middle', async () => {
    await writeFile(file, Buffer.alloc(8 * 1024 * 1024));
    for (let n = 0; n < 5; n++)
      (await openCall(web.port, 'GET', `/api/events/${event.id}/clip.mp4`, { headers: { cookie } })).destroy();
    assert.equal((await get('/api/state')).status, 200);
  });
});
