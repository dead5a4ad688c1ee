/** How long after a camera showed something the device says so over MQTT. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'mqtt';
import { start } from '../e2e/processes.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';

const BOUNDARY = 'frame';
const SIZE = '1280x720';
const FRAMES_PER_SECOND = 10;
const LEARNING_MS = 15_000;
const SHOWN_MS = 1500;

/**
 * An MJPEG camera shows a quiet scene in which a thing appears at once, `times` times; the
 * device looks at 10 pictures a second.
 * @returns Milliseconds from the moment at which the first picture of the thing was handed to the
 * network until `motion` said `ON`.
 */
export async function measureLatency(times: number, random: () => number): Promise<readonly number[]> {
  const data = await mkdtemp(path.join(tmpdir(), 'tyto-latency-'));
  const camera = await startCamera();
  const [web, bus] = [await freePort(), await freePort()];
  try {
    await using device = start('tyto', ['run'], {
      TYTO_DATA: data, TYTO_CAMERA_SOURCE: `http://127.0.0.1:${camera.port}/`,
      TYTO_WEB_PORT: String(web), TYTO_BUS_PORT: String(bus), TYTO_UPLOAD_TARGET: 'none',
      TYTO_VISION_FRAME_RATE: String(FRAMES_PER_SECOND),
      TYTO_MOTION_MINIMUM_DURATION: '0s', TYTO_RECORDING_POST_ROLL: '1s', TYTO_RECORDING_MINIMUM_FREE: '0',
    });
    const client = connect(`mqtt://127.0.0.1:${bus}`, { reconnectPeriod: 200 });
    client.on('connect', () => client.subscribe('tyto/camera/motion'));
    let heard: { readonly on: boolean; readonly at: number } = { on: false, at: 0 };
    client.on('message', (_topic, payload) => { heard = { on: payload.toString() === 'ON', at: performance.now() }; });
    await eventually(`the device watches; it said: ${device.printed()}`, () =>
      /camera online/.test(device.printed()), 60_000);
    await wait(LEARNING_MS);
    const delays: number[] = [];
    while (delays.length < times) {
      await eventually('quiet', () => !heard.on, 60_000);
      await wait(3000 + 1000 * random());
      const shownAt = await camera.show();
      await eventually('motion', () => heard.on && heard.at > shownAt, 20_000);
      delays.push(heard.at - shownAt);
      await wait(SHOWN_MS);
      camera.hide();
    }
    await client.endAsync(true);
    await device.stop();
    return delays;
  } finally {
    camera.close();
    await rm(data, { recursive: true, force: true });
  }
}

async function startCamera() {
  const [empty, visited] = [scenes(''), scenes(',drawbox=x=500:y=300:w=90:h=200:color=0x303840:t=fill')];
  let pictures = empty;
  let told: ((at: number) => void) | undefined;
  let count = 0;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` });
    const timer = setInterval(() => {
      const picture = pictures[count++ % pictures.length] ?? Buffer.alloc(0);
      response.write(`--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.byteLength}\r\n\r\n`);
      response.write(picture);
      response.write('\r\n');
      if (pictures !== visited) return;
      told?.(performance.now());
      told = undefined;
    }, 1000 / FRAMES_PER_SECOND);
    response.on('close', () => clearInterval(timer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    /** Resolves with when the first picture of it went out. */
    show: () => new Promise<number>((resolve) => {
      told = resolve;
      pictures = visited;
    }),
    hide: () => { pictures = empty; },
    close: () => { server.closeAllConnections(); server.close(); },
  };
}

/** JPEGs of a scene with the noise of a sensor, one after the other. */
function scenes(more: string): readonly Buffer[] {
  const drawn = `color=c=0x6a7a60:s=${SIZE}:r=${FRAMES_PER_SECOND},drawbox=x=0:y=420:w=1280:h=300:color=0x807868:t=fill${more},noise=alls=6:allf=t`;
  const stream = execFileSync('ffmpeg', [
    '-v', 'error', '-f', 'lavfi', '-i', drawn, '-frames:v', '20', '-q:v', '4', '-f', 'mjpeg', '-',
  ], { maxBuffer: 64 * 1024 * 1024 });
  const starts: number[] = [];
  for (let at = stream.indexOf(START); at >= 0; at = stream.indexOf(START, at + 3)) starts.push(at);
  return starts.map((at, index) => stream.subarray(at, starts[index + 1]));
}

const START = Buffer.from([0xff, 0xd8, 0xff]);
