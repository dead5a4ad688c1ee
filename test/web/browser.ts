/** A real browser for tests of pages, where one is installed. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';

/** Why there is no browser; undefined when there is one. */
export const browserMissing = (): string | undefined =>
  (existsSync(EXECUTABLE) ? undefined : `no browser at ${EXECUTABLE}; type: sudo apt-get install chromium`);

export const launchBrowser = (): Promise<Browser> => chromium.launch({
  executablePath: EXECUTABLE,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
    '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});
