import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { call } from '../../test/http/client.ts';
import { makeTestStream } from '../../test/video/test-stream.ts';
import { sampleEvent } from '../../test/web/fake-device.ts';
import { startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import type { PeopleView, PersonView } from '../contract/device-api.ts';
import type { ClipFile, EventFace } from '../contract/event.ts';
import { MOST_WAITING } from './people-handlers.ts';

const START = 1_795_252_530;
const face = (time: number): EventFace =>
  ({ box: [0.4, 0.2, 0.1, 0.2], score: 0.9, time, person: null, similarity: null });

describe('people over the API', () => {
  let web: RunningWeb;
  let cookie: string;
  beforeEach(async () => {
    web = await startWeb();
    cookie = await web.owner();
  });
  afterEach(() => web[Symbol.asyncDispose]());
  const ask = (method: string, at: string, body?: unknown) =>
    call(web.port, method, at, { headers: { cookie }, ...(body === undefined ? {} : { body }) });

  /** An event with a picture of its moment `START + 1`, and a clip of four seconds from its start. */
  const event = async (...faces: EventFace[]) => {
    const [picture, video] = [path.join(web.folder, 'p.jpg'), path.join(web.folder, 'c.mp4')];
    await writeFile(picture, 'a jpeg');
    await writeFile(video, (await makeTestStream()).bytes);
    const clip: ClipFile = {
      name: 'c.mp4', bytes: 1, sha256: 'a'.repeat(64), start_time: START, duration: 4, codec: 'avc1', width: 320,
      height: 240,
    };
    const seen = sampleEvent(START, 4, { faces, clip });
    web.archive.put(seen, { snapshot: { path: picture, sha256: undefined }, clip: { path: video, sha256: undefined } });
    return seen;
  };

  it('are named in the picture of an event, renamed and forgotten', async () => {
    const { id, faces: [shown] } = await event(face(START + 1), face(START + 2));
    const named = await ask('POST', '/api/people', { name: 'Ada', event: id });
    assert.equal(named.status, 201);
    assert.deepEqual(
      [Buffer.from(web.people.pictures[0]?.jpeg ?? []).toString(), web.people.pictures[0]?.box], ['a jpeg', shown?.box],
    );
    const person = named.body as PersonView;
    assert.equal((await ask('PUT', `/api/people/${person.id}`, { name: 'Ada L.' })).status, 204);
    assert.deepEqual(((await ask('GET', '/api/people')).body as PeopleView).people.map(({ name }) => name), ['Ada L.']);
    const portrait = await ask('GET', `/api/people/${person.id}/samples/${person.samples[0]?.id}`);
    assert.deepEqual([portrait.status, portrait.headers['content-type']], [200, 'image/jpeg']);
    const sample = (one: number) => `/api/people/${person.id}/samples/${person.samples[one]?.id ?? 'b'}`;
    const last = await ask('DELETE', sample(0));
    assert.deepEqual([last.status, last.code], [409, 'people.last-picture']);
    await ask('POST', '/api/people', { name: 'Ada L.', event: id, face: 1 });
    assert.deepEqual([(await ask('DELETE', sample(0))).status, (await ask('DELETE', sample(0))).status], [204, 404]);
    assert.equal((await ask('DELETE', `/api/people/${person.id}`)).status, 204);
    assert.deepEqual((await ask('GET', '/api/people')).body, { people: [] });
  });

  it('are named in the clip where the event\'s picture shows another moment', async () => {
    const { id } = await event(face(START + 1), face(START + 2.5));
    assert.equal((await ask('POST', '/api/people', { name: 'Ada', event: id, face: 1 })).status, 201);
    assert.deepEqual([...(web.people.pictures[0]?.jpeg.subarray(0, 2) ?? [])], [0xff, 0xd8]);
  });

  it('are shown by the face itself before they are named, also one that the event\'s picture does not show', async () => {
    const { id } = await event(face(START + 1), face(START + 2.5), face(START + 90));
    const picture = (index: string) => ask('GET', `/api/events/${id}/faces/${index}`);
    const [inSnapshot, inClip] = [await picture('0'), await picture('1')];
    assert.deepEqual([inSnapshot.status, inSnapshot.headers['content-type'], inSnapshot.bytes.toString()],
      [200, 'image/jpeg', 'a jpeg']);
    assert.deepEqual([inClip.status, inClip.headers['content-type']], [200, 'image/jpeg']);
    assert.ok(inClip.bytes.byteLength > 500);
    const refused = await Promise.all(['2', '3', '-1', 'x'].map(picture));
    assert.deepEqual(refused.map(({ status, code }) => `${status} ${code}`),
      ['404 media.none', '404 people.no-face', '404 people.no-face', '404 people.no-face']);
  });

  it('are shown by no more pictures at a time than an event has faces, not counting those of who has left',
    async () => {
      const { id } = await event(face(START + 1), face(START + 2.5));
      const address = `/api/events/${id}/faces/1`;
      const left = Array.from({ length: MOST_WAITING - 1 }, () => {
        const sent = request({ host: '127.0.0.1', port: web.port, path: address, headers: { cookie }, agent: false });
        sent.on('error', () => {}); // it is broken off
        sent.end();
        return sent;
      });
      const asked = Array.from({ length: 20 }, () => ask('GET', address));
      const { status, code } = await Promise.race(asked);
      assert.deepEqual([status, code], [503, 'http.too-many']);
      for (const sent of left) sent.destroy();
      await Promise.all(asked);
      assert.equal((await ask('GET', address)).status, 200);
    });

  it('are refused with a reason', async () => {
    const { id } = await event(face(START + 1));
    const refusal = async (method: string, at: string, body?: unknown) => {
      const { status, code } = await ask(method, at, body);
      return `${status} ${code}`;
    };
    assert.deepEqual([
      await refusal('POST', '/api/people', { name: 'Ada', event: id, face: 3 }),
      await refusal('POST', '/api/people', { name: 'Ada', event: '1795252530.000000-zzzzzz' }),
      await refusal('POST', '/api/people', { name: '', event: id }),
      await refusal('DELETE', '/api/people/0000000000000009'), await refusal('PUT', '/api/people/7', { name: 'B' }),
    ],
    ['404 people.no-face', '404 events.unknown', '400 http.bad-request', '404 people.unknown', '404 people.unknown']);
    await writeFile(path.join(web.folder, 'p.jpg'), '');
    assert.equal(await refusal('POST', '/api/people', { name: 'Ada', event: id }), '422 people.no-face');
  });
});
