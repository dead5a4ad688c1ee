import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { eventually } from '../../test/eventually.ts';
import { DESK, PHONE } from '../../test/web/built-page.ts';
import { sampleEvent } from '../../test/web/fake-device.ts';
import { PageInBrowser, PLAYING, until } from '../../test/web/page-in-browser.ts';
import { PASSWORD, type RunningWeb } from '../../test/web/start-web.ts';
import { makeTestStream } from '../../test/video/test-stream.ts';

/** Of two colours as `rgb(…)`: WCAG 2.2, contrast ratio. */
function contrast(...colours: readonly [string, string]): number {
  const [light = 0, dark = 0] = colours.map(luminance).sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const linear = (colour.match(/\d+/g) ?? []).map((part) => Number(part) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

describe('the page in a browser', () => {
  let run: PageInBrowser | undefined;
  let web: RunningWeb;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let open: PageInBrowser['open'];
  let record: PageInBrowser['record'];

  before(async function () {
    const started = await PageInBrowser.start(this);
    run = started;
    ({ web, browser } = started);
    open = (...where) => started.open(...where);
    record = (...what) => started.record(...what);
    started.startCamera();
    context = await browser.newContext(DESK);
    page = await open(context);
  });
  after(async () => { await run?.[Symbol.asyncDispose](); });

  const password = () => page.getByLabel('Password', { exact: true });
  const seen = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: 60_000 });
  const video = <T>(expression: string) =>
    page.evaluate<T>(`(() => { const v = document.querySelector('video'); return ${expression}; })()`);

  it('asks for nothing that is refused before anybody is let in', async () => {
    await using fresh = await browser.newContext(DESK);
    const stranger = await fresh.newPage();
    const faults: string[] = [];
    stranger.on('console', (line) => { if (line.type() === 'error') faults.push(line.text()); });
    const asked: string[] = [];
    stranger.on('websocket', (socket) => asked.push(socket.url()));
    await stranger.goto(page.url());
    await stranger.getByText('Welcome to Tyto').waitFor({ timeout: 60_000 });
    assert.deepEqual([faults, asked], [[], []]);
  });

  it('can be read by day and by night, also on a button that cannot be pressed yet', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const button = page.getByRole('button', { name: 'Start watching' });
      assert.equal(await button.isDisabled(), true);
      // Without the time that a change of colours takes.
      const [words, ground, opacity] = await page.evaluate<readonly [string, string, string]>(`(() => {
        const button = document.querySelector('button.primary');
        button.style.transition = 'none';
        const { color, backgroundColor, opacity } = getComputedStyle(button);
        return [color, backgroundColor, opacity];
      })()`);
      assert.equal(opacity, '1');
      assert.ok(contrast(words, ground) >= 4.5, `${colorScheme}: ${words} on ${ground}, ${contrast(words, ground)}`);
    }
    await page.emulateMedia({ colorScheme: null });
  });

  it('makes the first visitor set a password, and says what is wrong with a weak one', async () => {
    await seen('Welcome to Tyto');
    await password().fill('password123');
    await page.getByRole('button', { name: 'Start watching' }).click();
    await seen(/among the first that anybody would try/);
    assert.equal(web.access.hasOwner, false);
    await password().fill(PASSWORD);
    assert.equal(await page.locator('p.error').textContent(), '', 'another password is not blamed for the one before');
    await page.getByRole('button', { name: 'Start watching' }).click();
    await seen('All quiet so far');
    assert.equal(web.access.hasOwner, true);
  });

  it('plays the live picture, and stays close to what happens', async () => {
    await until(page, PLAYING);
    await seen(/^Live$/);
    const before = await video<number>('v.currentTime');
    await until(page, `document.querySelector('video').currentTime > ${before} + 1.5`);
    await until(page, `(() => { const v = document.querySelector('video');
      return v.buffered.end(v.buffered.length - 1) - v.currentTime < 2; })()`);
    assert.deepEqual(await video<number[]>('[v.videoWidth, v.videoHeight]'), [320, 240]);
  });

  it('goes on by itself when the stream breaks and comes back', async () => {
    run?.stopCamera();
    web.hub.end();
    await seen('Waiting for the camera');
    run?.startCamera();
    await until(page, `${PLAYING} && document.querySelector('video').dataset.status === 'playing'`);
  });

  it('does not call a picture live that stands still', async () => {
    run?.stopCamera();
    await seen(/the picture stands still/);
    run?.startCamera();
    await until(page, `document.querySelector('video').dataset.status === 'playing'`);
  });

  it('shows what happens as it happens', async () => {
    const event = await record(Math.floor(Date.now() / 1000));
    const picture = page.locator(`a[href="/events/${event.id}"] img`);
    await picture.waitFor();
    await until(page, `document.querySelector('a[href="/events/${event.id}"] img').naturalWidth === 160`);
    await seen('Today');
    web.bus.setCamera({ recording: true });
    await seen(/^Recording$/);
    web.bus.setCamera({ recording: false });
  });

  it('plays a clip, and seeks in it', async () => {
    const event = await record(Math.floor(Date.now() / 1000) - 3600);
    await page.locator(`a[href="/events/${event.id}"]`).click();
    await until(page, `${PLAYING} && location.pathname === '/events/${event.id}'`);
    const duration = await video<number>('v.duration');
    assert.ok(Math.abs(duration - 6) < 0.3, `lasts ${duration} s`);
    await video('v.currentTime = 4, undefined');
    await until(
      page,
      `(() => { const v = document.querySelector('video'); return !v.seeking && v.currentTime >= 4.2 && v.readyState >= 2; })()`,
    );
    assert.equal(await video('v.error'), null);
    const [download] = await Promise.all([
      page.waitForEvent('download'), page.getByRole('link', { name: 'Save clip' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), event.clip?.name);
    await page.keyboard.press('Escape');
    await until(page, `location.pathname === '/'`);
  });

  it('plays what is written of an event that still goes on, what is written meanwhile, and then the rest', async () => {
    const clip = await makeTestStream({ seconds: 4, framesPerSecond: 10, gop: 10 });
    const file = path.join(web.folder, 'growing.mp4');
    await writeFile(file, Buffer.concat([clip.init.data, ...clip.fragments.slice(0, 4).map(({ data }) => data)]));
    const event = sampleEvent(Math.floor(Date.now() / 1000), undefined, { has_clip: false, has_snapshot: false });
    web.archive.put(event, { clip: { path: file, sha256: undefined } });
    web.bus.say('new', event);
    await page.locator(`a[href="/events/${event.id}"]`).click();
    await seen('happening now');
    await until(page, `document.querySelector('video')?.currentTime > 1.5`);
    assert.ok(Math.abs(await video<number>('v.duration') - 2) < 0.3);
    await page.waitForRequest(/as=running-3/); // again and again, though nothing has come
    await writeFile(file, Buffer.concat([clip.init.data, ...clip.fragments.slice(0, 6).map(({ data }) => data)]));
    await until(page, `document.querySelector('video').currentTime > 2.6`);
    assert.ok(await video<number>('v.played.start(0)') >= 1.5, 'it goes on as the event grows');
    await writeFile(file, clip.bytes);
    const ended = { ...event, end_time: event.start_time + 3, has_clip: true };
    web.archive.put(ended, { clip: { path: file, sha256: createHash('sha256').update(clip.bytes).digest('hex') } });
    web.bus.say('end', ended);
    await until(page, `document.querySelector('video').currentTime > 3.3`);
    assert.ok(await video<number>('v.played.start(0)') >= 2.5, 'it went on from where it was');
    await page.getByRole('button', { name: 'Live' }).click();
  });

  it('disarms and arms, when the camera has confirmed, by mouse, keyboard and from outside', async () => {
    const armed = (state: string) =>
      page.locator(`[role=switch][aria-checked=${state}]:not([aria-busy=true])`).waitFor({ timeout: 60_000 });
    await page.getByRole('switch').click();
    await seen('Switched off. Movement makes no events until it is on again.');
    await armed('false');
    assert.equal(web.bus.armed(), false);
    await page.getByRole('switch').focus();
    await page.keyboard.press('Space');
    await armed('true');
    assert.equal(web.bus.armed(), true);
    await web.bus.arm(false);
    await armed('false');
    await web.bus.arm(true);
    await armed('true');
  });

  it('says why there is no picture, and that nothing can be recorded', async () => {
    web.bus.setCamera({ state: 'offline', reason: 'nobody answers at 192.168.1.20' });
    await seen('The camera is offline');
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor({ state: 'detached' });
    assert.equal(await page.locator('.chip').count(), 0);
    await seen('Nothing can be recorded until the camera is back.');
    web.bus.setCamera({ state: 'online', reason: '' });
    await page.getByText('The camera is offline').waitFor({ state: 'detached' });
  });

  it('says when armed is not enough, and when the picture is only drawn', async () => {
    web.bus.setCamera({ visionFault: 'the vision thread failed', demo: true });
    await seen('But the picture is not being analysed: the vision thread failed.');
    await seen('Demo camera');
    web.bus.setCamera({ visionFault: null, demo: false });
    await page.getByText('Demo camera').waitFor({ state: 'detached' });
    await seen('Movement is recorded.');
  });

  it('asks for the events again when the camera\'s process is back: what that process left open has ended', async () => {
    const event = sampleEvent(Math.floor(Date.now() / 1000) - 60, undefined, { has_clip: false, has_snapshot: false });
    web.archive.put(event);
    web.bus.say('new', event);
    await seen('happening now');
    web.bus.loseCamera();
    web.archive.put({ ...event, end_time: event.start_time + 3 });
    web.bus.setCamera({ state: 'connecting' });
    web.bus.setCamera({ state: 'online' });
    await page.getByText('happening now').waitFor({ state: 'detached' });
  });

  it('shows pictures one after the other where the browser cannot play the video', async () => {
    for (const lack of [
      'delete globalThis.MediaSource; delete globalThis.ManagedMediaSource;',
      'MediaSource.isTypeSupported = () => false;',
    ]) {
      const plain = await browser.newContext(PHONE);
      await plain.addInitScript(lack);
      await plain.addCookies(await context.cookies());
      const other = await open(plain);
      await until(other, `document.querySelector('img.still')?.naturalWidth === 320`);
      await other.getByText('Live pictures').waitFor();
      assert.match(await other.locator('img.still').getAttribute('src') ?? '', /live\.mjpeg/);
      await plain.close();
    }
    await eventually('nothing is decoded any more', () => web.hub.viewers <= 1);
  });

  it('fits a phone and a desk, and every control has a name', async () => {
    const phone = await browser.newContext(PHONE);
    await phone.addCookies(await context.cookies());
    const small = await open(phone);
    await small.getByRole('switch').waitFor();
    web.bus.setCamera({ state: 'offline', reason: 'a very long reason '.repeat(12) });
    await small.getByText('The camera is offline').waitFor();
    for (const screen of [small, page]) {
      assert.ok(
        await screen.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'), 'wider than the screen',
      );
      const nameless =
        await screen.evaluate<number>(`[...document.querySelectorAll('button, a[href], input')].filter((one) =>
        !(one.textContent.trim() || one.ariaLabel || one.title || one.labels?.length || one.getAttribute('aria-labelledby') || one.ariaHidden)).length`);
      assert.equal(nameless, 0);
    }
    web.bus.setCamera({ state: 'online', reason: '' });
    await phone.close();
  });

  it('says that nothing is missing only while the camera is there, and looks anew when it is back', async () => {
    const other = await open(context);
    const well = other.getByText('No gaps in the last 24 h');
    await well.waitFor();
    web.bus.setCamera({ state: 'offline', reason: 'the camera refuses the password' });
    await well.waitFor({ state: 'hidden' });
    const now = Math.floor(Date.now() / 1000);
    web.archive.ledgerEntries.push({ from: now - 90, to: now - 60, state: 'lost', reason: 'no pictures' });
    web.bus.setCamera({ state: 'online', reason: '' });
    await other.getByText('30 s of the last 24 h not recorded').waitFor();
    web.archive.ledgerEntries.pop();
    await other.close();
  });

  it('stars an event, deletes one after asking, and says whether anything of the day is missing', async () => {
    const now = Math.floor(Date.now() / 1000);
    web.archive.ledgerEntries.push({ from: now - 7200, to: now - 7080, state: 'lost', reason: 'the device was off' });
    const event = sampleEvent(now - 90_000, 5, { has_snapshot: false });
    web.archive.put(event);
    const other = await open(context, `/events/${event.id}`);
    await other.getByText('2 min of the last 24 h not recorded').click();
    await other.getByText('the device was off').waitFor();
    await other.getByRole('button', { name: 'Star' }).click();
    await other.getByRole('button', { name: 'Starred' }).waitFor();
    assert.ok(web.archive.starred.has(event.id));
    assert.equal(await other.getByRole('button', { name: 'Delete' }).isDisabled(), true);
    await other.getByText('take the star away to delete it', { exact: false }).waitFor();
    await other.getByRole('button', { name: 'Starred' }).click();
    await eventually('it is not starred', () => !web.archive.starred.has(event.id));
    await other.getByRole('button', { name: 'Delete' }).click();
    await other.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    assert.notEqual(web.archive.get(event.id), undefined);
    await other.keyboard.press('Enter'); // on what asked
    await other.getByRole('dialog').waitFor();
    await other.keyboard.press('Escape');
    await other.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.equal(new URL(other.url()).pathname, `/events/${event.id}`, 'Escape leaves the question, not the event');
    await other.keyboard.press('Enter');
    await other.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await eventually('it is gone', () => web.archive.get(event.id) === undefined);
    await other.getByText('The event is deleted.').waitFor();
    assert.equal(new URL(other.url()).pathname, '/');
    await other.close();
  });

  it('opens an event by its address', async () => {
    const [event] = web.archive.page({ limit: 1 }).events;
    assert.ok(event);
    const other = await open(context, `/events/${event.id}`);
    await until(other, PLAYING);
    await other.close();
  });

  it('changes the password, signs out, and lets only the new one in', async () => {
    const next = 'Zwei Meisen im Mai';
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByLabel('Present password').fill(PASSWORD);
    await page.getByLabel('New password').fill(next);
    await page.getByRole('button', { name: 'Change it' }).click();
    await seen('The password is changed.');
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await password().fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await seen('This is not the password.');
    await password().fill(next);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('switch').waitFor();
  });

  it('leaves at once when its session ends elsewhere', async () => {
    await web.access.changePassword('Zwei Meisen im Mai', PASSWORD, { address: '10.0.0.9', token: undefined });
    await page.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: 60_000 });
    await eventually('nobody watches', () => web.hub.viewers === 0);
  });

  it('is small: it brings no decoder of what its own server says, nor anything else that it has no use for', async () => {
    const [script] = await page.evaluate<
      readonly number[]
    >(`performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).map((one) => one.decodedBodySize)`);
    assert.ok(script !== undefined && script > 10_000 && script < 120_000, `${script} bytes of script`);
  });

  it('broke none of its own rules meanwhile', () => assert.deepEqual(run?.faults, []));
});
