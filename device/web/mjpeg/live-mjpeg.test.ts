import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { eventually } from '../../../test/eventually.ts';
import { call, openCall } from '../../../test/http/client.ts';
import { PASSWORD, startWeb, type RunningWeb } from '../../../test/web/start-web.ts';
import { makeTestStream, playTestStream, type TestPicture } from '../../../test/video/test-stream.ts';
import { millis } from '../../core/units.ts';
import { stillOf } from '../../media/still.ts';
import { JpegSplitter } from './jpeg-splitter.ts';

/** Pictures that no encoder makes small: they fill what the system keeps for a reader. */
const NOISE: TestPicture = {
  input: ['-f', 'lavfi', '-i', 'nullsrc=size=1280x720,noise=alls=100:allf=t'], seconds: 60, framesPerSecond: 8, gop: 8,
};

describe('JPEGs one after the other', () => {
  it('are told apart wherever their bytes are cut', async () => {
    const { bytes } = await makeTestStream({ seconds: 1 });
    const jpeg = Buffer.from(await stillOf(bytes, millis(0)));
    const stream = Buffer.concat([jpeg, jpeg, jpeg]);
    for (const step of [1, 3, 1000, jpeg.byteLength + 1, stream.byteLength]) {
      const splitter = new JpegSplitter();
      const found: Buffer[] = [];
      for (let at = 0; at < stream.byteLength; at += step) found.push(...splitter.push(stream.subarray(at, at + step)));
      assert.deepEqual(found.map((one) => one.equals(jpeg)), [true, true, true], `${step} bytes at a time`);
    }
  });
});

describe('live pictures for what plays no video', () => {
  let web: RunningWeb;
  let cookie: string;
  let stopCamera: () => void = () => {};
  let sockets: Socket[];
  beforeEach(async () => {
    sockets = [];
    web = await startWeb({ mjpegPatience: millis(300) });
    cookie = await web.owner();
  });
  afterEach(async () => {
    stopCamera();
    for (const socket of sockets) socket.destroy();
    await web[Symbol.asyncDispose]();
  });

  const play = (picture: TestPicture = {}) => {
    stopCamera = playTestStream({ seconds: 60, framesPerSecond: 10, gop: 10, ...picture }, web.hub);
  };
  const watch = async (query = '', headers: Readonly<Record<string, string>> = { cookie }) => {
    const answer = await openCall(web.port, 'GET', `/api/live.mjpeg${query}`, { headers });
    return { answer, ...pictures(answer) };
  };
  const pictures = (answer: IncomingMessage) => {
    const splitter = new JpegSplitter();
    const seen: Buffer[] = [];
    const state = { seen, ended: false };
    answer.on('data', (chunk: Buffer) => seen.push(...splitter.push(chunk)));
    answer.once('close', () => { state.ended = true; });
    answer.on('error', () => {});
    return { seen, state };
  };

  /** The ffmpeg processes of ours that make JPEGs. */
  const decoders = (): number[] =>
    readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
      .split(' ')
      .filter((text) => text !== '')
      .map(Number)
      .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('mjpeg'));

  it('come one after the other, from one decoder for all, only while somebody watches', async () => {
    play();
    assert.equal(web.hub.viewers, 0);
    const [first, second] = [await watch(), await watch()];
    assert.match(first.answer.headers['content-type'] ?? '', /^multipart\/x-mixed-replace; boundary=tyto$/);
    await eventually('both see pictures', () => first.seen.length > 4 && second.seen.length > 4);
    assert.equal(web.hub.viewers, 1);
    first.answer.destroy();
    await eventually('the other goes on', () => second.seen.length > 8);
    second.answer.destroy();
    await eventually('nothing is decoded', () => web.hub.viewers === 0);
  });

  it('go on when the camera comes back', async () => {
    play();
    const { seen, answer } = await watch();
    await eventually('pictures', () => seen.length > 2);
    stopCamera();
    web.hub.end();
    const before = seen.length;
    play();
    await eventually('pictures again', () => seen.length > before + 4);
    answer.destroy();
  });

  it('go on when the decoder dies', async () => {
    play();
    const { seen, answer } = await watch();
    await eventually('pictures', () => seen.length > 2);
    const [decoder] = decoders();
    assert.ok(decoder !== undefined);
    process.kill(decoder, 'SIGKILL');
    const before = seen.length;
    await eventually('pictures again', () => seen.length > before + 2);
    answer.destroy();
    await eventually('nothing is decoded', () => decoders().length === 0);
  });

  it('show nothing of what a mask covers', async () => {
    const masks = [{ name: 'all', polygon: [[0, 0], [1, 0], [1, 1], [0, 1]] }];
    assert.equal(
      (await call(web.port, 'PUT', '/api/places', { body: { privacy_masks: masks }, headers: { cookie } })).status, 200,
    );
    play();
    const { seen, answer } = await watch();
    const jpeg = await eventually('a picture', () => seen[1]);
    answer.destroy();
    const bare = await makeTestStream({ seconds: 1 });
    assert.ok(jpeg.byteLength < 0.5
      * (await stillOf(bare.bytes, millis(0))).byteLength, `${jpeg.byteLength} bytes are not of a black picture`);
  });

  it('are kept from nobody else by one who never reads, who is let go', async () => {
    play(NOISE);
    const stuck = connect(web.port, '127.0.0.1');
    sockets.push(stuck);
    stuck.on('error', () => {});
    stuck.write(`GET /api/live.mjpeg HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`);
    stuck.pause();
    const { seen, answer } = await watch();
    await eventually('the one who reads sees pictures', () => seen.length > 8);
    answer.destroy();
    await eventually('the other is let go', () => web.hub.viewers === 0);
  });

  it('end with the session, and with the key that they were asked for by', async () => {
    play();
    const { token, id } = (await call(web.port, 'POST', '/api/tokens', {
      body: { name: 'hall' }, headers: { cookie },
    })).body as { token: string; id: string };
    const [owner, guest] = [await watch(), await watch(`?token=${token}`, {})];
    await eventually('both see pictures', () => owner.seen.length > 0 && guest.seen.length > 0);
    await call(web.port, 'DELETE', `/api/tokens/${id}`, { headers: { cookie } });
    await eventually('the guest is let go', () => guest.state.ended);
    assert.equal(owner.state.ended, false);
    await web.access.changePassword(PASSWORD, 'Zwei Meisen im Mai', { address: '10.0.0.9', token: undefined });
    await eventually('the owner is let go', () => owner.state.ended);
    await eventually('nothing is decoded', () => web.hub.viewers === 0);
  });
});
