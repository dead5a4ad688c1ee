/** How soon the live picture is there, and how far behind it is, seen in a real browser on the whole device. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { freePort } from '../free-port.ts';
import { call } from '../http/client.ts';
import { eventually } from '../eventually.ts';
import { browserMissing, launchBrowser } from '../web/browser.ts';
import { tyto, type Command } from './project.ts';
import { ageOf, BITS, SQUARE } from './time-code.ts';

export interface LiveTimes {
  /** Milliseconds from the page's address to the first picture, each. */
  readonly page: readonly number[];
  /** Milliseconds from a press on "Live", on a page that is open, to the first picture, each. */
  readonly view: readonly number[];
  /** Milliseconds from a picture's taking to its showing, of every picture that was shown. */
  readonly lag: readonly number[];
}

const PASSWORD = 'gutter lantern 41';
/** Between two openings: no two meet the stream at the same place between its keyframes. */
const PAUSE_MS = 700;
const LAG_S = 10;

/** @returns Why it cannot be measured, or what was measured over so many `openings`. */
export async function measureLive(openings: number, command = tyto): Promise<LiveTimes | string> {
  const missing = browserMissing();
  if (missing !== undefined) return missing;
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-live-bench-'));
  const [port, busPort] = [await freePort(), await freePort()];
  const device = startDevice(await withCamera(folder), command(['run'], {
    TYTO_DATA: path.join(folder, 'data'), TYTO_CAMERA_SOURCE: 'raspberry',
    TYTO_WEB_PORT: String(port), TYTO_WEB_HOST: '127.0.0.1',
    TYTO_BUS_PORT: String(busPort), TYTO_RECORDING_MODE: 'continuous',
    TYTO_RECORDING_MINIMUM_FREE: '0', TYTO_LOG_LEVEL: 'warn',
  }));
  const browser = await launchBrowser();
  try {
    const cookie = await signedIn(port);
    await eventually('the camera shows something', async () =>
      (await call(port, 'GET', '/api/snapshot.jpg', { headers: { cookie } })).status === 200, 60_000);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, domain: '127.0.0.1', path: '/' }]);
    await context.addInitScript(NOTE_PICTURES);
    const address = `http://127.0.0.1:${port}/`;
    const pages: number[] = [];
    const page = await context.newPage();
    for (let turn = 0; turn < openings; turn++) pages.push(await openPage(page, address));
    await page.goto(address);
    const view: number[] = [];
    for (let turn = 0; turn < openings; turn++) view.push(await openView(page));
    await wait(2000);
    await page.evaluate('globalThis.codes.length = 0');
    await wait(LAG_S * 1000);
    const lag = await agesIn(page);
    return { page: pages, view, lag };
  } finally {
    await browser.close();
    device[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @returns A PATH on which `rpicam-vid` is the camera with the time in its pictures. */
async function withCamera(folder: string): Promise<string> {
  const programs = path.join(folder, 'bin');
  await mkdir(programs);
  const camera = path.join(programs, 'rpicam-vid');
  await writeFile(
    camera, `#!/bin/sh\nexec '${process.execPath}' '${path.join(import.meta.dirname, 'time-coded-camera.ts')}' "$@"\n`,
  );
  await chmod(camera, 0o755);
  return `${programs}:${process.env['PATH'] ?? ''}`;
}

function startDevice(PATH: string, [program, ...args]: Command): Disposable {
  const child = spawn(program, args, {
    env: { ...process.env, PATH }, stdio: ['ignore', 'ignore', 'inherit'], detached: true,
  });
  return { [Symbol.dispose]: () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  } };
}

async function signedIn(port: number): Promise<string> {
  const answer = await eventually('the page is served', () =>
    call(port, 'POST', '/api/owner', { body: { password: PASSWORD } }).catch(() => undefined), 60_000);
  return answer.cookie;
}

async function openPage(page: Page, address: string): Promise<number> {
  await page.goto('about:blank');
  await wait(PAUSE_MS);
  await page.goto(address);
  return firstPicture(page);
}

async function openView(page: Page): Promise<number> {
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('button', { name: 'People' }).click();
  await wait(PAUSE_MS);
  const pressed = await page.evaluate<number>(`(() => {
    globalThis.shownAt = undefined;
    const pressed = performance.now();
    document.querySelector('.detail-nav button').click();
    return pressed;
  })()`);
  return await firstPicture(page) - pressed;
}

/** When the first picture was shown, on the page's own clock, which begins when its address is asked for. */
const firstPicture = (page: Page): Promise<number> =>
  eventually('a picture is shown', () => page.evaluate<number | false>('globalThis.shownAt ?? false'), 15_000);

async function agesIn(page: Page): Promise<readonly number[]> {
  const codes = await page.evaluate<readonly { readonly now: number; readonly lit: readonly boolean[] }[]>(
    'globalThis.codes',
  );
  return codes.map(({ now, lit }) => ageOf(lit, now));
}

/** Runs in the page before its own scripts: when a picture was shown first, and the time code of each. */
const NOTE_PICTURES = `(() => {
  globalThis.codes = [];
  const canvas = new OffscreenCanvas(${BITS}, 1);
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  const seen = new WeakSet();
  const note = (video) => {
    globalThis.shownAt ??= performance.now();
    const now = Date.now();
    brush.drawImage(video, 0, 0, ${BITS * SQUARE}, ${SQUARE}, 0, 0, ${BITS}, 1);
    const { data } = brush.getImageData(0, 0, ${BITS}, 1);
    globalThis.codes.push({ now, lit: Array.from({ length: ${BITS} }, (_, bit) => data[4 * bit] > 127) });
    video.requestVideoFrameCallback(() => note(video));
  };
  new MutationObserver(() => {
    for (const video of document.querySelectorAll('video')) {
      if (seen.has(video)) continue;
      seen.add(video);
      video.requestVideoFrameCallback(() => note(video));
    }
  }).observe(document, { childList: true, subtree: true });
})();`;
