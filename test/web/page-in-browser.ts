/** The device's page in a real browser, with the rest of the device in memory: for tests of screens. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { TytoEvent } from '../../device/contract/event.ts';
import { millis } from '../../device/core/units.ts';
import { stillOf } from '../../device/media/still.ts';
import { eventually } from '../eventually.ts';
import { makeTestStream, playTestStream, type TestPicture } from '../video/test-stream.ts';
import { BuiltPage, DESK } from './built-page.ts';
import { sampleEvent } from './fake-device.ts';
import { startWeb, type RunningWeb } from './start-web.ts';

/** In the page: pictures are shown, one after the other. */
export const PLAYING = `(() => { const v = document.querySelector('video');
  return v !== null && v.readyState >= 3 && v.currentTime > 0 && v.getVideoPlaybackQuality().totalVideoFrames > 5; })()`;

export class PageInBrowser implements AsyncDisposable {
  readonly web: RunningWeb;
  readonly #built: BuiltPage;
  #stopCamera: () => void = () => {};

  /** For a suite's `before`, as `this`: skips the suite where there is no browser. */
  static async start(
    suite: Mocha.Context, options: { readonly encrypts?: boolean; readonly outputsSocket?: string } = {},
  ): Promise<PageInBrowser> {
    const built = await BuiltPage.make(suite, 'device');
    return new PageInBrowser(built, await startWeb({ pageFolder: built.folder, ...options }));
  }

  private constructor(built: BuiltPage, web: RunningWeb) {
    this.#built = built;
    this.web = web;
  }

  get browser(): Browser { return this.#built.browser; }
  /** What the page broke of its own rules. */
  get faults(): readonly string[] { return this.#built.faults; }

  startCamera(picture: TestPicture = {}): void {
    this.stopCamera();
    this.#stopCamera = playTestStream({ seconds: 300, framesPerSecond: 10, gop: 20, ...picture }, this.web.hub);
  }

  stopCamera(): void { this.#stopCamera(); }

  /** A new window of the owner's. */
  async signedIn(cookie: string, options: Parameters<Browser['newContext']>[0] = DESK): Promise<BrowserContext> {
    const context = await this.browser.newContext(options);
    const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? [];
    await context.addCookies([{ name, value, domain: '127.0.0.1', path: '/' }]);
    return context;
  }

  address(screen: string): string { return `http://127.0.0.1:${this.web.port}${screen}`; }

  open(where: BrowserContext, screen = '/'): Promise<Page> { return this.#built.open(where, this.address(screen)); }

  /** Puts an event with a real clip and picture into the catalogue, and says so on the bus. */
  async record(start: number, change: Partial<TytoEvent> = {}): Promise<TytoEvent> {
    const clip = await makeTestStream({ seconds: 6, framesPerSecond: 10, gop: 10 });
    const [clipFile, snapshot] = await Promise.all([
      this.#file(start, 'mp4', clip.bytes),
      this.#file(start, 'jpg', Buffer.from(await stillOf(clip.bytes, millis(1000), { width: 160 }))),
    ]);
    const facts = { start_time: start - 1, duration: 6, codec: 'avc1', width: 320, height: 240 };
    const event = sampleEvent(start, 5, {
      clip: { name: clipFile.name, bytes: clip.bytes.byteLength, sha256: clipFile.sha256, ...facts }, ...change,
    });
    this.web.archive.put(event, { clip: clipFile, snapshot });
    this.web.bus.say('new', event);
    return event;
  }

  async #file(
    start: number, extension: string, bytes: Buffer,
  ): Promise<{ readonly name: string; readonly path: string; readonly sha256: string }> {
    const name = `20261121T101530.123Z_tyto-1_yard_${start}.000000-aaaaaa.${extension}`;
    const file = path.join(this.web.folder, name);
    await writeFile(file, bytes);
    return { name, path: file, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopCamera();
    await this.#built[Symbol.asyncDispose]();
    await this.web[Symbol.asyncDispose]();
  }
}

/** The page's policy forbids it to evaluate text: it is asked from outside. */
export const until = (where: Page, expression: string, withinMs = 60_000): Promise<true> =>
  eventually(expression, () => where.evaluate<boolean>(expression), withinMs);
