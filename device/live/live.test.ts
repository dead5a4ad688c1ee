import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../test/eventually.ts';
import { makeTestStream, type TestStream } from '../../test/video/test-stream.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import { silentLog } from '../core/log.ts';
import { systemClock } from '../runtime/clock.ts';
import { LiveClient } from './live-client.ts';
import { LiveGop } from './live-gop.ts';
import { LiveServer } from './live-server.ts';
import { checkSocketFolder, liveSocketPath, prepareSocketFolder } from './socket-path.ts';

describe('live video between two processes', () => {
  let folder: string;
  let stream: TestStream;
  let stop: AbortController;
  let runs: Promise<void>[];
  before(async () => { stream = await makeTestStream(); });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-live-'));
    stop = new AbortController();
    runs = [];
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all(runs);
    await rm(folder, { recursive: true, force: true });
  });

  const socketPath = () => liveSocketPath(folder);
  const serve = async (): Promise<LiveServer> => {
    const server = new LiveServer({ path: socketPath(), log: silentLog });
    runs.push(server.run(stop.signal));
    await eventually('the socket', () => stat(socketPath()).then((found) => found.isSocket(), () => false));
    return server;
  };
  /** Notes what a reader hears: `I` init, `K` keyframe, `.` other fragment, `|` end. */
  const listen = (): { heard: string; starts: number[] } => {
    const notes = { heard: '', starts: [] as number[] };
    const listener = {
      begin: () => { notes.heard += 'I'; },
      fragment: ({ key, start }: Fragment) => { notes.heard += key ? 'K' : '.'; notes.starts.push(start); },
      end: () => { notes.heard += '|'; },
    };
    runs.push(new LiveClient({ path: socketPath(), listener, clock: systemClock, log: silentLog }).run(stop.signal));
    return notes;
  };
  const say = (server: LiveServer, from: number, to: number) => {
    for (const part of stream.fragments.slice(from, to)) server.fragment(part);
  };
  const hears = (notes: { readonly heard: string }, expected: string) =>
    eventually(`"${expected}"`, () => notes.heard === expected).catch(() => assert.equal(notes.heard, expected));

  it('gives a reader who joins late the init segment and all since the last keyframe, then what follows', async () => {
    const server = await serve();
    server.begin(stream.init);
    say(server, 0, 4);
    const notes = listen();
    await hears(notes, 'IK.');
    say(server, 4, 7);
    await hears(notes, 'IK.K.K');
    assert.deepEqual(notes.starts, [1000, 1500, 2000, 2500, 3000]);
  });

  it('lets a reader wait for a camera that is not there yet', async () => {
    const notes = listen();
    const server = await serve();
    await eventually('the reader', () => server.readers === 1);
    server.begin(stream.init);
    say(server, 0, 1);
    await hears(notes, 'IK');
  });

  it('gives little to readers while it is to cost little, and everything from the next keyframe on again', async () => {
    const server = await serve();
    const notes = listen();
    await eventually('the reader', () => server.readers === 1);
    server.begin(stream.init);
    server.spare(true);
    say(server, 0, 5);
    server.spare(false);
    say(server, 5, 8);
    await hears(notes, 'IKK.K.');
    assert.deepEqual(notes.starts, [0, 2000, 2500, 3000, 3500]);
  });

  it('says a new init segment when the stream begins anew', async () => {
    const server = await serve();
    const notes = listen();
    await eventually('the reader', () => server.readers === 1);
    server.begin(stream.init);
    say(server, 0, 3);
    server.begin(stream.init);
    say(server, 0, 1);
    await hears(notes, 'IK.KIK');
  });

  it('tells readers that the camera is gone, and serves them again when it is back', async () => {
    const server = await serve();
    const notes = listen();
    await eventually('the reader', () => server.readers === 1);
    server.begin(stream.init);
    say(server, 0, 1);
    await hears(notes, 'IK');
    server.end();
    await hears(notes, 'IK|');
    await eventually('the reader is back', () => server.readers === 1);
    server.begin(stream.init);
    say(server, 2, 3);
    await hears(notes, 'IK|IK');
  });

  it('finds its way back when the camera\'s process dies and leaves its socket behind', async () => {
    await mkdir(path.dirname(socketPath()), { mode: 0o700 });
    await writeFile(socketPath(), 'left behind');
    const notes = listen();
    const first = await serve();
    first.begin(stream.init);
    await hears(notes, 'I');
    const second = await serve();
    second.begin(stream.init);
    say(second, 0, 1);
    first.end();
    await hears(notes, 'I|IK');
  });

  it('drops a reader that stops reading, and goes on with the others', async () => {
    const server = await serve();
    const deaf: Socket = createConnection(socketPath());
    deaf.on('error', () => {});
    deaf.pause();
    const notes = listen();
    await eventually('both readers', () => server.readers === 2);
    server.begin(stream.init);
    const large = {
      ...stream.fragments[0], data: Buffer.concat([stream.fragments[0]?.data ?? Buffer.alloc(0), freeBox(1024 * 1024)]),
    } as Fragment;
    for (let n = 1; n <= 12; n++) {
      server.fragment(large);
      await eventually('the good reader', () => notes.starts.length === n);
    }
    assert.deepEqual([server.dropped, server.readers], [1, 1]);
    deaf.destroy();
  });

  it('turns away from a stream that is no video, and tries again', async () => {
    await prepareSocketFolder(socketPath());
    let calls = 0;
    const impostor = createServer((socket) => {
      calls += 1;
      socket.on('error', () => {});
      socket.write('GET / HTTP/1.1\r\n\r\n');
    });
    await new Promise<void>((resolve) => { impostor.listen(socketPath(), resolve); });
    const notes = listen();
    await eventually('a second try', () => calls >= 2);
    assert.equal(notes.heard, '');
    stop.abort();
    await new Promise<void>((resolve) => { impostor.close(() => resolve()); });
  });
});

describe('what a newcomer is given', () => {
  const fragment = (start: number, key: boolean, bytes = 10) =>
    ({ start, key, data: new Uint8Array(bytes), startTicks: 0, duration: 500, samples: 1 }) as unknown as Fragment;
  const starts = (gop: LiveGop) => gop.fragments.map(({ start }) => start);

  it('begins with a keyframe and is bounded', () => {
    const gop = new LiveGop();
    gop.add(fragment(0, false));
    assert.deepEqual(starts(gop), []);
    for (const part of [fragment(1, true), fragment(2, false), fragment(3, true), fragment(4, false)]) gop.add(part);
    assert.deepEqual(starts(gop), [3, 4]);
    gop.add(fragment(5, false, 8 * 1024 * 1024));
    gop.add(fragment(6, false));
    assert.deepEqual(starts(gop), []);
    assert.deepEqual(gop.pictures.map(({ start }) => start), [3, 4]);
    gop.add(fragment(7, true));
    assert.deepEqual(starts(gop), [7]);
  });
});

describe('the live socket', () => {
  it('lies in the data folder, or in a short place of its own when that is too long', () => {
    assert.equal(liveSocketPath('/data'), '/data/run/live.sock');
    const long = `/data/${'folder/'.repeat(20)}`;
    const short = liveSocketPath(long, '/tmp');
    assert.match(short, /^\/tmp\/tyto-\d+-[0-9a-f]{16}\/live\.sock$/);
    assert.equal(short, liveSocketPath(`${long}/`, '/tmp'));
    assert.notEqual(short, liveSocketPath(`${long}/other`, '/tmp'));
    assert.ok(Buffer.byteLength(liveSocketPath(long, `/var/${'t'.repeat(90)}`)) <= 100);
  });

  it('is offered only from a folder that is closed to others', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-live-'));
    const socket = path.join(folder, 'run', 'live.sock');
    await mkdir(path.dirname(socket), { mode: 0o755 });
    await chmod(path.dirname(socket), 0o755);
    await assert.rejects(checkSocketFolder(socket), { code: 'live.folder' });
    await prepareSocketFolder(socket);
    await checkSocketFolder(socket);
    const planted = path.join(folder, 'planted');
    await symlink(path.dirname(socket), planted);
    await assert.rejects(prepareSocketFolder(path.join(planted, 'live.sock')), { code: 'live.folder' });
    await rm(folder, { recursive: true, force: true });
  });
});

/** A box that readers skip, to make a fragment large. */
function freeBox(size: number): Buffer {
  const box = Buffer.alloc(size);
  box.writeUInt32BE(size, 0);
  box.write('free', 4, 'latin1');
  return box;
}
