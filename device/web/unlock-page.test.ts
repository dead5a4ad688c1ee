import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { eventually } from '../../test/eventually.ts';
import { encryptedClip } from '../../test/fleet/footage.ts';
import { makeTestStream } from '../../test/video/test-stream.ts';
import { sampleEvent } from '../../test/web/fake-device.ts';
import { PageInBrowser } from '../../test/web/page-in-browser.ts';
import { PASSWORD } from '../../test/web/start-web.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { openEncryption } from '../vault/encryption.ts';
import { OWNER_KEYS_FILE } from '../vault/owner-keys.ts';
import { OwnerVault } from '../vault/owner-vault.ts';

const START = 1_795_252_530;
/** In the page. */
const SHOWN = `(document.querySelector('video')?.readyState ?? 0) >= 2`;

describe('encrypted recordings in a browser', () => {
  let run: PageInBrowser | undefined;
  let page: Page;

  before(async function () {
    run = await PageInBrowser.start(this, { encrypts: true });
    const { web } = run;
    const cookie = await web.owner();
    // The keys are those of a device that was restarted: this one has never seen the password.
    const ownerKeys = path.join(web.folder, OWNER_KEYS_FILE);
    await rm(ownerKeys);
    await new OwnerVault({
      file: ownerKeys, makes: true, log: silentLog, cost: { N: 2, r: 1, p: 1 },
    }).takePassword(PASSWORD);
    const encryption = await openEncryption({ fleetKey: '', ownerKeys, now: () => millis(0), log: silentLog });
    const clip = path.join(web.folder, 'c.mp4');
    await writeFile(clip, encryptedClip(
      (await makeTestStream({ seconds: 4, framesPerSecond: 10, gop: 10 })).bytes, await encryption.begin(),
    ));
    const facts = { start_time: START, duration: 4, codec: 'avc1', width: 320, height: 240 };
    const event = sampleEvent(START, 4, {
      clip: { name: 'c.mp4', bytes: 1, sha256: 'a'.repeat(64), ...facts, encrypted: true },
    });
    web.archive.put(event, { clip: { path: clip, sha256: 'a'.repeat(64), keys: web.vault } });
    page = await run.open(await run.signedIn(cookie), `/events/${event.id}`);
  });
  after(async () => { await run?.[Symbol.asyncDispose](); });

  it('wait for the password after a restart, and it is said so', async () => {
    await page.getByText('This clip is encrypted. Enter the password once more to open it.').waitFor();
    await page.getByText('Recordings are encrypted. Enter the password once more to open them.').waitFor();
  });

  it('stay locked for another password', async () => {
    const form = page.getByRole('form', { name: 'Unlock recordings' });
    await form.getByLabel('Password', { exact: true }).fill('not the password');
    await form.getByRole('button', { name: 'Unlock' }).click();
    await form.getByText(/not the password/).waitFor();
  });

  it('play once it was entered', async () => {
    const form = page.getByRole('form', { name: 'Unlock recordings' });
    await form.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await form.getByRole('button', { name: 'Unlock' }).click();
    await form.waitFor({ state: 'detached' });
    await eventually('the clip is shown', () => page.evaluate<boolean>(SHOWN));
    assert.equal(await page.evaluate<number>(`Math.round(document.querySelector('video').duration)`), 4);
    assert.deepEqual(run?.faults, []);
  });
});
