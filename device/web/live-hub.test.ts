import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { eventually } from '../../test/eventually.ts';
import { call } from '../../test/http/client.ts';
import { makeTestStream, type TestStream } from '../../test/video/test-stream.ts';
import { startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import { FragmentReader, type Fragment } from '../contract/mp4-fragment.ts';
import { millis, seconds } from '../core/units.ts';
import { systemClock } from '../runtime/clock.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { LIVE_CLOSE } from '../contract/device-api.ts';
import { LiveHub, type Viewer } from './live-hub.ts';
import { LiveSocket } from './live-socket.ts';

/** Notes what a viewer was sent: `i` and `w` messages, `I` init, `K` keyframe, `.` other fragment. */
class NotingViewer implements Viewer {
  readonly #reader = new FragmentReader();
  notes = '';
  mime = '';
  bufferedAmount = 0;
  send(data: string | Uint8Array): void {
    if (typeof data === 'string') {
      const message = JSON.parse(data) as { type: string; mime?: string };
      this.notes += message.type.charAt(0);
      this.mime = message.mime ?? this.mime;
      return;
    }
    for (const part of this.#reader.push(data))
      this.notes += part.type === 'init' ? 'I' : part.fragment.key ? 'K' : '.';
  }
}

describe('live hub', () => {
  let stream: TestStream;
  let clock: VirtualClock;
  let hub: LiveHub;
  before(async () => { stream = await makeTestStream(); });
  beforeEach(() => {
    clock = new VirtualClock(millis(0));
    hub = new LiveHub({ clock, maxViewers: 2 });
  });
  const say = (from: number, to: number) => {
    for (const part of stream.fragments.slice(from, to)) hub.fragment(part);
  };
  const join = (): NotingViewer & { leave(): void } => {
    const viewer = new NotingViewer();
    const leave = hub.join(viewer);
    return Object.assign(viewer, { leave: () => leave?.() });
  };

  it('starts everybody with a keyframe, and names the codec', () => {
    hub.begin(stream.init);
    say(0, 4);
    const viewer = join();
    say(4, 6);
    assert.equal(viewer.notes, 'iIK.K.');
    assert.equal(viewer.mime, `video/mp4; codecs="${stream.init.codec}"`);
  });

  it('lets viewers wait for the first stream, for its return, and for a keyframe', () => {
    const viewer = join();
    hub.begin(stream.init);
    say(1, 4);
    hub.end();
    hub.begin(stream.init);
    say(0, 1);
    assert.equal(viewer.notes, 'wiIK.wiIK');
  });

  it('skips to the next keyframe for a viewer whose network is slow, and for no other', () => {
    const [slow, quick] = [join(), join()];
    hub.begin(stream.init);
    say(0, 1);
    slow.bufferedAmount = 3 * 1024 * 1024;
    say(1, 3);
    slow.bufferedAmount = 0;
    say(3, 6);
    assert.equal(quick.notes, 'wiIK.K.K.');
    assert.equal(slow.notes, 'wiIKK.');
    assert.equal(hub.dropped, 2);
  });

  it('takes as many as it serves, and the next when one leaves', () => {
    const first = join();
    join();
    assert.equal(hub.join(new NotingViewer()), undefined);
    first.leave();
    assert.ok(hub.join(new NotingViewer()));
    assert.equal(hub.viewers, 2);
  });

  it('does not show as live what came long ago', async () => {
    hub.begin(stream.init);
    say(0, 2);
    assert.ok(hub.latest);
    await clock.advance(seconds(11));
    assert.equal(hub.latest, undefined);
    assert.equal(join().notes, 'w');
  });
});

describe('live view over WebSocket', () => {
  let stream: TestStream;
  let web: RunningWeb;
  let cookie: string;
  const sockets: WebSocket[] = [];
  before(async () => { stream = await makeTestStream(); });
  beforeEach(async () => {
    web = await startWeb({ maxViewers: 2 });
    cookie = await web.owner();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await web[Symbol.asyncDispose]();
  });

  interface Watching {
    readonly socket: WebSocket;
    readonly viewer: NotingViewer;
    readonly closed: () => number | undefined;
    readonly refused: () => number | undefined;
  }
  const watch = (headers: Record<string, string> = { cookie }, path = '/api/live'): Watching => {
    const socket = new WebSocket(`ws://127.0.0.1:${web.port}${path}`, { headers });
    sockets.push(socket);
    const viewer = new NotingViewer();
    let [closed, refused]: [number?, number?] = [];
    socket.on('message', (data, isBinary) =>
      viewer.send(isBinary ? new Uint8Array(data as Buffer) : (data as Buffer).toString('utf8')));
    socket.on('close', (code) => { closed = code; });
    socket.on('unexpected-response', (_request, response) => { refused = response.statusCode; socket.terminate(); });
    socket.on('error', () => {});
    return { socket, viewer, closed: () => closed, refused: () => refused };
  };
  const say = (from: number, to: number) => {
    for (const part of stream.fragments.slice(from, to)) web.hub.fragment(part);
  };

  it('carries the stream to every viewer', async () => {
    web.hub.begin(stream.init);
    say(0, 2);
    const viewers = [watch(), watch()];
    await eventually('the keyframe', () => viewers.every(({ viewer }) => viewer.notes === 'iIK.'));
    say(2, 5);
    await eventually('what follows', () => viewers.every(({ viewer }) => viewer.notes === 'iIK.K.K'));
  });

  it('is for the owner only, and for pages of this host only', async () => {
    for (const [headers, path, status] of [
      [{}, '/api/live', 401], [{ cookie: `${web.access.cookieName}=junk` }, '/api/live', 401],
      [{ cookie, origin: 'http://evil.example' }, '/api/live', 403], [{ cookie }, '/api/other', 404],
    ] as const) {
      const { refused } = watch(headers, path);
      assert.equal(await eventually('the refusal', refused), status, path);
    }
    const own = watch({ cookie, origin: `http://127.0.0.1:${web.port}` });
    await eventually('the page\'s own', () => own.viewer.notes === 'w');
    assert.equal(web.hub.viewers, 1);
  });

  it('turns away one viewer too many with a word', async () => {
    const viewers = [watch(), watch()];
    await eventually('two viewers', () => viewers.every(({ viewer }) => viewer.notes === 'w'));
    assert.equal(await eventually('the end', watch().closed), LIVE_CLOSE.tooMany);
    viewers[0]?.socket.close();
    await eventually('one leaves', () => web.hub.viewers === 1);
    const next = watch();
    await eventually('the next', () => next.viewer.notes === 'w');
  });

  it('ends when its session is signed out, and leaves others alone', async () => {
    const other = (await call(web.port, 'POST', '/api/session', { body: { password: 'gutter lantern 41' } })).cookie;
    const [ours, theirs] = [watch(), watch({ cookie: other })];
    await eventually('both', () => ours.viewer.notes === 'w' && theirs.viewer.notes === 'w');
    await call(web.port, 'DELETE', '/api/session', { headers: { cookie } });
    assert.equal(await eventually('the end', ours.closed), LIVE_CLOSE.signedOut);
    assert.equal(theirs.closed(), undefined);
  });

  it('holds little for a viewer who does not read', async () => {
    const { socket, viewer } = watch();
    await eventually('the viewer', () => viewer.notes === 'w');
    socket.pause();
    web.hub.begin(stream.init);
    const key = stream.fragments[0];
    assert.ok(key);
    const large: Fragment = { ...key, data: Buffer.concat([key.data, freeBox(512 * 1024)]) };
    await eventually('skipping', () => {
      web.hub.fragment(large);
      return web.hub.dropped > 5;
    });
    socket.resume();
    const before = web.hub.dropped;
    const notes = viewer.notes.length;
    await eventually('caught up', () => {
      say(0, 1);
      return viewer.notes.length > notes && viewer.notes.endsWith('K');
    });
    assert.ok(before > 5);
  });

  it('lets go of a viewer who neither reads nor answers, and of nobody else', async () => {
    const hub = new LiveHub({ clock: systemClock });
    const live = new LiveSocket({ access: web.access, hub, pingEvery: millis(100) });
    const server = createServer().on('upgrade', (request, socket, head) => live.upgrade(request, socket, head)).listen(
      0, '127.0.0.1',
    );
    await once(server, 'listening');
    const connect = (): WebSocket => {
      const socket = new WebSocket(
        `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/live`, { headers: { cookie } },
      );
      sockets.push(socket);
      socket.on('error', () => {});
      return socket;
    };
    const [stuck, quick] = [connect(), connect()];
    await eventually('both', () => hub.viewers === 2);
    stuck.pause();
    await eventually('one is let go', () => hub.viewers === 1);
    hub.begin(stream.init);
    await once(quick, 'message');
    assert.equal(hub.viewers, 1);
    server.close();
  });

  it('survives what a viewer sends', async () => {
    const { socket, viewer, closed } = watch();
    await eventually('the viewer', () => viewer.notes === 'w');
    socket.send('x'.repeat(5000));
    await eventually('the end', closed);
    await eventually('gone', () => web.hub.viewers === 0);
    assert.equal((await call(web.port, 'GET', '/healthz')).status, 200);
  });
});

/** A box that readers skip, to make a fragment large. */
function freeBox(size: number): Buffer {
  const box = Buffer.alloc(size);
  box.writeUInt32BE(size, 0);
  box.write('free', 4, 'latin1');
  return box;
}
