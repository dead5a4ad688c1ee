import assert from 'node:assert/strict';
import type { BrowserContext } from 'playwright-core';
import { PageInBrowser, until } from '../../test/web/page-in-browser.ts';
import { playTestStream } from '../../test/video/test-stream.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import { pauseAfterErrors } from './ui/src/live/undecodable.ts';

/** As a camera sends it whose network ruins each keyframe: what is left is where its slices begin and end. */
function ruined(fragment: Fragment): Fragment {
  if (!fragment.key) return fragment;
  const data = Buffer.from(fragment.data);
  const video = data.indexOf('mdat') + 4;
  for (let at = video, length = 0; at < data.byteLength; at += 4 + length) {
    length = data.readUInt32BE(at);
    const isOfKeyframe = (data.readUInt8(at + 4) & 31) === 5;
    if (isOfKeyframe) data.fill(0xff, at + 5, at + 4 + Math.floor(length * 3 / 4));
  }
  return { ...fragment, data };
}

describe('a camera whose pictures are damaged', () => {
  let run: PageInBrowser | undefined;
  let context: BrowserContext;
  let stop: () => void = () => {};

  before(async function () {
    const started = await PageInBrowser.start(this);
    run = started;
    const { hub } = started.web;
    stop = playTestStream({ seconds: 300, framesPerSecond: 10, gop: 10 }, {
      begin: (init) => hub.begin(init), fragment: (fragment) => hub.fragment(ruined(fragment)),
    });
    context = await started.signedIn(await started.web.owner());
  });
  after(async () => {
    stop();
    await run?.[Symbol.asyncDispose]();
  });

  it('is shown picture by picture, and why is said; video is not asked for again and again', async () => {
    const page = await context.newPage();
    let asked = 0;
    page.on('websocket', (socket) => { if (socket.url().endsWith('/api/live')) asked += 1; });
    await page.goto(run?.address('/') ?? '');
    await page.getByText('The camera sends damaged pictures').waitFor();
    await until(page, `document.querySelector('img.still')?.naturalWidth === 320`);
    assert.ok(asked <= 4, `asked for ${asked} times`); // three, and a fourth on a machine that is slow
    await page.close();
  });

  it('is tried at once at first, then ever more seldom, and never given up', () =>
    assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 8, 1000].map((errors) => pauseAfterErrors(errors) / 1000),
      [0.5, 0.5, 15, 30, 60, 120, 240, 300, 300]));
});
