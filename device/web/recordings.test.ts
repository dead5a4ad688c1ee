import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { call } from '../../test/http/client.ts';
import { startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import type { RecordingsView } from '../contract/device-api.ts';
import { segmentFileName } from '../contract/media-path.ts';
import { millis } from '../core/units.ts';

describe('continuous recording over HTTP', () => {
  let web: RunningWeb;
  let headers: { readonly cookie: string };
  const start = 1_795_252_500;
  const nameOf = (minute: number) =>
    segmentFileName({ kind: 'continuous', at: millis((start + 60 * minute) * 1000), device: 'tyto-1', camera: 'yard' });
  beforeEach(async () => {
    web = await startWeb();
    headers = { cookie: await web.owner() };
    for (let minute = 0; minute < 5; minute++) {
      const file = path.join(web.folder, nameOf(minute));
      await writeFile(file, `minute ${minute}`);
      const isWhole = minute < 4;
      web.archive.putSegment(
        {
          name: nameOf(minute), from: start + 60 * minute, to: isWhole ? start + 60 * minute + 60 : null,
          bytes: isWhole ? 8 : null,
        },
        { path: file, sha256: isWhole ? String(minute).repeat(64) : undefined },
      );
    }
  });
  afterEach(() => web[Symbol.asyncDispose]());
  const list = async (query: string) =>
    (await call(web.port, 'GET', `/api/recordings?${query}`, { headers })).body as RecordingsView;
  const minutesOf = ({ recordings }: RecordingsView) => recordings.map(({ from }) => (from - start) / 60);

  it('is listed for any time, with what began before it and what is being written', async () => {
    assert.deepEqual(minutesOf(await list(`from=${start + 90}&to=${start + 130}`)), [1, 2]);
    assert.deepEqual(minutesOf(await list(`from=${start + 230}&to=${start + 9000}`)), [3, 4]);
    assert.deepEqual(minutesOf(await list(`from=${start + 9000}&to=${start + 9001}`)), []);
  });

  it('is told piece by piece where there is much', async () => {
    const first = await list(`from=${start}&to=${start + 600}&limit=2`);
    assert.deepEqual([minutesOf(first), first.next], [[0, 1], start + 120]);
    assert.deepEqual(minutesOf(await list(`from=${first.next}&to=${start + 600}`)), [2, 3, 4]);
  });

  it('is told to its end however few pieces are asked for at once, each of them once', async () => {
    for (const [limit, from] of [[1, start], [1, start + 200], [2, start + 90.5]] as const) {
      const told: number[] = [];
      let pages = 0;
      for (let next: number | null = from; next !== null && pages < 9; pages++) {
        const view: RecordingsView = await list(`from=${next}&to=${start + 600}&limit=${limit}`);
        told.push(...minutesOf(view));
        assert.ok(view.next === null || view.next > next, `${view.next} is no later than ${next}`);
        next = view.next;
      }
      assert.deepEqual(told, [0, 1, 2, 3, 4].filter((minute) => minute === 4 || start + 60 * minute + 60 > from));
    }
  });

  it('is sent by the catalogue\'s names, and by no other', async () => {
    const answer = await call(web.port, 'GET', `/api/recordings/${nameOf(2)}`, {
      headers: { ...headers, range: 'bytes=0-5' },
    });
    assert.deepEqual(
      [answer.status, answer.headers['content-type'], answer.bytes.toString()], [206, 'video/mp4', 'minute'],
    );
    assert.equal(
      (await call(web.port, 'GET', `/api/recordings/${nameOf(4)}`, { headers })).headers['cache-control'], 'no-store',
    );
    for (const other of [
      nameOf(9), 'owner.json', '..%2Fowner.json', nameOf(2).replace('continuous', '1795252530.123456-k3x9ab'),
    ]) {
      assert.equal(
        (await call(web.port, 'GET', `/api/recordings/${other}`, { headers })).code, 'recordings.unknown', other,
      );
    }
  });

  it('is told apart from the films of days, which are listed and sent as well', async () => {
    const name = segmentFileName({ kind: 'timelapse', at: millis(start * 1000), device: 'tyto-1', camera: 'yard' });
    const file = path.join(web.folder, name);
    await writeFile(file, 'a film');
    web.archive.putSegment({ name, from: start, to: start + 60, bytes: 6 }, { path: file, sha256: 'f'.repeat(64) });
    const films = await list(`kind=timelapse&from=${start - 10}&to=${start + 86_400}&limit=1`);
    assert.deepEqual([films.recordings.map((film) => film.name), films.next], [[name], null]);
    assert.deepEqual((await list(`kind=timelapse&from=${start + 1}&to=${start + 86_400}`)).recordings, []);
    assert.ok((await list(`from=${start}&to=${start + 600}`)).recordings.every((piece) => piece.name !== name));
    assert.equal((await call(web.port, 'GET', `/api/recordings/${name}`, { headers })).bytes.toString(), 'a film');
  });

  it('wants a time', async () => {
    for (const query of ['', 'from=1', 'from=x&to=2', 'from=1&to=2&limit=0']) {
      assert.equal((await call(web.port, 'GET', `/api/recordings?${query}`, { headers })).status, 400, query);
    }
  });
});
