/** A page, the device's or the fleet's, built afresh, and a real browser to look at it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { browserMissing, launchBrowser } from './browser.ts';

export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const DESK = { viewport: { width: 1280, height: 800 } };

const ROOTS = { device: '../../device/web/ui', fleet: '../../fleet/console/ui' } as const;

export class BuiltPage implements AsyncDisposable {
  /** What its server is to serve. */
  readonly folder: string;
  readonly browser: Browser;
  /** What the page broke of its own rules: errors that nobody caught, and what its policy forbids. */
  readonly faults: string[] = [];

  /** For a suite's `before`, as `this`: skips the suite where there is no browser. */
  static async make(suite: Mocha.Context, whose: keyof typeof ROOTS): Promise<BuiltPage> {
    const missing = browserMissing();
    if (missing !== undefined) {
      console.log(`      skipped: ${missing}`);
      suite.skip();
    }
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-page-'));
    const root = fileURLToPath(new URL(ROOTS[whose], import.meta.url));
    const [browser] = await Promise.all([
      launchBrowser(), build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } }),
    ]);
    return new BuiltPage(folder, browser);
  }

  private constructor(folder: string, browser: Browser) {
    this.folder = folder;
    this.browser = browser;
  }

  /** Goes to `address` in a new tab of `where`; what the page breaks there is noted. */
  async open(where: BrowserContext, address: string): Promise<Page> {
    const page = await where.newPage();
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (line) => {
      if (/Content Security Policy|Refused to/.test(line.text())) this.faults.push(line.text());
    });
    await page.goto(address);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
