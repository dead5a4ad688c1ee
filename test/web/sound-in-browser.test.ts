/** A camera with sound, from RTSP to a real browser: live, and as a clip. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { openCamera } from '../../device/camera/open-camera.ts';
import { ENCODINGS, flashAndBeep, makeClip, SOUNDS } from '../../device/camera/simulated/clips.ts';
import { RtspCamera } from '../../device/camera/simulated/rtsp-camera.ts';
import { RecordingSink } from '../../device/camera/simulated/recording-sink.ts';
import { silentLog } from '../../device/core/log.ts';
import { seconds } from '../../device/core/units.ts';
import { systemClock } from '../../device/runtime/clock.ts';
import { sampleEvent } from './fake-device.ts';
import { PageInBrowser, PLAYING, until } from './page-in-browser.ts';

describe('sound in a browser', () => {
  let run: PageInBrowser;
  let folder: string;
  let server: RtspCamera;
  let context: BrowserContext;
  let page: Page;
  const stop = new AbortController();
  const sink = new RecordingSink();
  let watching: Promise<void> | undefined;

  before(async function () {
    run = await PageInBrowser.start(this);
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-sound-'));
    const clip = path.join(folder, 'clip.mp4');
    await makeClip(...flashAndBeep('320x240', [1, 3.2], 4), ...ENCODINGS['plain.mp4'], ...SOUNDS['aac.mp4'], clip);
    server = new RtspCamera({ file: clip, sound: 'sent' });
    const source = `rtsp://127.0.0.1:${await server.listen()}/live`;
    const camera = await openCamera(
      { source, sound: true, stallTimeout: seconds(10) }, { clock: systemClock, log: silentLog }, stop.signal,
    );
    const { hub } = run.web;
    watching = camera.run({
      session: (session) => sink.session(session), state: (state) => sink.state(state), frame() {},
      init: (init) => { sink.init(init); hub.begin(init); },
      fragment: (fragment) => { sink.fragment(fragment); hub.fragment(fragment); },
    }, stop.signal);
    context = await run.signedIn(await run.web.owner());
    page = await run.open(context);
  });
  after(async () => {
    stop.abort();
    await watching;
    await server?.[Symbol.asyncDispose]();
    await run?.[Symbol.asyncDispose]();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const ofVideo = <T>(expression: string) =>
    page.evaluate<T>(`(() => { const v = document.querySelector('video'); return ${expression}; })()`);
  const HEARD = 'v.webkitAudioDecodedByteCount';

  it('is decoded with the live picture', async () => {
    await until(page, PLAYING);
    await until(page, `(() => { const v = document.querySelector('video'); return ${HEARD} > 1000; })()`);
    assert.equal(await ofVideo<number>('v.buffered.length'), 1, 'without a hole');
  });

  it('that stops does not stop the live picture', async () => {
    server.silence();
    const from = await ofVideo<number>('v.currentTime');
    await until(page, `document.querySelector('video').currentTime > ${from + 4}`);
    assert.equal(await ofVideo<number>('v.buffered.length'), 1, 'without a hole');
  });

  it('is decoded in a clip, also after a leap', async () => {
    const [session] = sink.sessions;
    assert.ok(session !== undefined);
    const bytes = Buffer.concat([...session.inits, ...session.fragments.slice(0, 10)].map(({ data }) => data));
    const file = path.join(folder, 'recorded.mp4');
    await writeFile(file, bytes);
    const event = sampleEvent(Math.round(Date.now() / 1000) - 60, 5, {
      clip: {
        name: 'recorded.mp4', bytes: bytes.byteLength, sha256: '0'.repeat(64), start_time: 0, duration: 5,
        codec: 'avc1', width: 320, height: 240,
      },
    });
    run.web.archive.put(event, { clip: { path: file, sha256: '0'.repeat(64) } });
    const [at, heard] = await page.evaluate<readonly [number, number]>(`new Promise((resolve, reject) => {
      const v = document.createElement('video'); v.muted = true; v.src = '/api/events/${event.id}/clip.mp4';
      v.onloadeddata = () => { v.currentTime = 2; };
      v.onseeked = () => { v.play(); };
      v.ontimeupdate = () => { if (v.currentTime > 2.5) resolve([v.currentTime, ${HEARD}]); };
      v.onerror = () => reject(v.error.message);
    })`);
    assert.ok(at < 4 && heard > 100, `${heard} bytes of sound at ${at} s`);
  });
});
