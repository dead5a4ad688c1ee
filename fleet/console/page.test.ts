import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Report } from '../../device/contract/mail.ts';
import { millis } from '../../device/core/units.ts';
import type { ConsoleStorage } from './ports.ts';
import { eventually } from '../../test/eventually.ts';
import { PASSWORD, RunningConsole } from '../../test/fleet/console.ts';
import { makeClip, makePicture, type Footage } from '../../test/fleet/footage.ts';
import { uploadOf } from '../../test/fleet/uploads.ts';
import { BuiltPage, DESK, PHONE } from '../../test/web/built-page.ts';

describe('the fleet\'s page in a browser', function () {
  let built: BuiltPage | undefined;
  let fleet: RunningConsole;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let footage: Footage;
  let faults: readonly string[] = [];
  let open: (where: BrowserContext, screen?: string) => Promise<Page>;
  /** What was asked to be copied, and where to. */
  const copied: string[] = [];
  const replica = {
    place: '/mnt/owls', waiting: 0, waitingSince: undefined, isNew: false, stuck: 0,
    copied: 0, removed: 0, bytes: 0, lastAt: undefined, trouble: undefined,
  };
  const replicas: ConsoleStorage['replicas'] = {
    status: () => [{ ...replica, name: 'offsite', takesAll: true }, { ...replica, name: 'police', takesAll: false }],
    stuck: () => [], hurry: () => undefined,
    forward: (name, { event }) => copied.push(`${event.id} to ${name}`) > 0,
  };

  before(async function () {
    const made = await BuiltPage.make(this, 'fleet');
    built = made;
    ({ browser, faults } = made);
    fleet = await RunningConsole.start({ pageFolder: made.folder, storage: { replicas } });
    open = (where, screen = '/') => made.open(where, `http://127.0.0.1:${fleet.port}${screen}`);
    footage = { clip: await makeClip(8), picture: await makePicture() };
    context = await browser.newContext(DESK);
    page = await open(context);
  });
  after(async () => {
    await built?.[Symbol.asyncDispose]();
    await fleet?.[Symbol.asyncDispose]();
  });

  const seen = (text: string | RegExp, where = page) => where.getByText(text).first().waitFor({ timeout: 60_000 });
  const cards = (where = page) => where.locator('a.event');
  const until = (expression: string, where = page) =>
    eventually(expression, () => where.evaluate<boolean>(expression));
  /** Makes the page ask now, as when it is looked at again. */
  const lookAgain = () => page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
  const add = async (device: string, secondsAgo: number) => {
    const upload = uploadOf(footage, { device, at: Math.floor(Date.now() / 1000 - secondsAgo) * 1000 });
    await fleet.add(upload);
    return upload.event;
  };

  it('lets the first visitor set the password, and says where uploads are looked for', async () => {
    await seen('Welcome to your fleet');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Open the page' }).click();
    await seen('Nothing has arrived yet');
    await seen('/srv/landing');
  });

  it('shows what arrives, from all devices, by itself and with its picture', async () => {
    await add('front-door', 60);
    await add('garage', 30);
    await until('document.querySelectorAll("a.event").length === 2');
    assert.deepEqual(await page.locator('.event-device').allTextContents(), ['garage', 'front-door']);
    await until('[...document.querySelectorAll("a.event img")].every((image) => image.naturalWidth === 320)');
    await seen('Today');
    await seen('2 devices, 2 events');
  });

  it('narrows the list to one device, and says so in the address', async () => {
    await page.locator('a.device', { hasText: 'garage' }).click();
    await until('document.querySelectorAll("a.event").length === 1');
    assert.equal(new URL(page.url()).search, '?device=garage');
    await page.goBack();
    await until('document.querySelectorAll("a.event").length === 2');
  });

  it('plays a clip, seeks in it, and goes to its neighbour', async () => {
    await cards().first().click();
    await until('document.querySelector("video")?.readyState >= 3');
    const seeked = await page.evaluate<number>(`new Promise((resolve) => {
      const video = document.querySelector('video'); video.onseeked = () => resolve(video.currentTime); video.currentTime = 5;
    })`);
    assert.ok(Math.abs(seeked - 5) < 0.3, String(seeked));
    await page.getByRole('button', { name: 'Older event' }).click();
    await page.locator('.player-title', { hasText: 'front-door' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.locator('.player-title', { hasText: 'garage' }).waitFor();
    await page.keyboard.press('Escape');
    await until('document.querySelector("dialog.player") === null');
    assert.equal(new URL(page.url()).pathname, '/');
  });

  it('has an event copied to a store that takes only what is asked for', async () => {
    await cards().first().click();
    await page.getByRole('button', { name: 'Copy to police' }).click();
    await seen('On its way to police');
    assert.equal(await page.getByText('Copy to offsite').count(), 0);
    assert.deepEqual(copied.map((one) => one.replace(/^\S+ /, '')), ['to police']);
    await page.keyboard.press('Escape');
    await until('document.querySelector("dialog.player") === null');
  });

  it('goes on where it was when a link has died in the middle of a clip', async () => {
    await cards().first().click();
    await until('document.querySelector("video")?.readyState >= 3');
    await page.evaluate(
      'new Promise((done) => { const v = document.querySelector("video"); v.onseeked = done; v.currentTime = 4; })',
    );
    fleet.now = () => millis(Date.now() + 200_000);
    await page.evaluate('document.querySelector("video").load()'); // as when it has to read on
    await until(
      '(() => { const v = document.querySelector("video"); return v.error === null && v.readyState >= 3 && v.currentTime >= 4; })()',
    );
    await page.keyboard.press('Escape');
  });

  it('shows pictures that come into sight after their links have died', async () => {
    const late = await open(context, '/rejected');
    await late.route('**/media/**', (route) => route.fulfill({ status: 403 }), { times: 2 });
    await late.getByRole('link', { name: 'Events', exact: true }).click();
    await until(
      'document.querySelectorAll("a.event img").length === 2 && [...document.querySelectorAll("a.event img")].every((image) => image.naturalWidth === 320)',
      late,
    );
    await late.close();
  });

  it('tells how long an event lasted, as its device does, and of which clip the picture is damaged', async () => {
    const damage = { reason: '30 of 40 pictures decode without fault', decoded_share: 0.75 };
    const upload = uploadOf(footage, { device: 'gate', at: Math.floor(Date.now() / 1000 - 10) * 1000 });
    await fleet.add(upload, millis(Date.now()), damage);
    await lookAgain();
    await until('document.querySelectorAll("a.event").length === 3');
    assert.deepEqual(await page.locator('.event-length').allTextContents(), ['2 s', '2 s', '2 s']);
    assert.deepEqual(await page.locator('.event-note').allTextContents(), ['damaged picture']);
    await cards().first().click();
    await seen('damaged picture: 25 % of it is missing or made up');
    await page.keyboard.press('Escape');
  });

  it('gets a clip that is still on its device, tells how it goes, and plays it when it has come', async () => {
    const at = Math.floor(Date.now() / 1000 - 5) * 1000;
    const { event } = uploadOf({ picture: footage.picture }, { device: 'gate', at });
    await fleet.add(uploadOf({ picture: footage.picture }, { device: 'gate', at }), millis(Date.now()), null, false, [
      { role: 'clip', bytes: 2_000_000 },
    ]);
    await lookAgain();
    await page.locator('a.event', { hasText: 'clip on the device' }).click();
    await seen('The clip is still on the device');
    await page.getByRole('button', { name: 'Get the clip' }).click();
    await seen('The clip is on its way');
    const [request] = await fleet.requests.list({ limit: 1 });
    const tell = (state: Report['state'], sent: number) => fleet.requests.take('gate', {
      version: 1, request: request?.id ?? '', state, at: 1, bytes: 2_000_000, sent_bytes: sent,
      events: [event.id], reason: '',
    });
    await tell('sending', 500_000);
    await lookAgain();
    await seen('500 kB of 2.0 MB sent.');
    await fleet.add(uploadOf(footage, { device: 'gate', at }));
    await tell('done', 2_000_000);
    await lookAgain();
    await until('document.querySelector("video")?.readyState >= 3');
    assert.equal(await page.getByText('on its way').count(), 0);
    await page.keyboard.press('Escape');
  });

  it('asks a device for a time, lists what was asked, and takes it back', async () => {
    await page.locator('a.device', { hasText: 'garage' }).click();
    await page.getByRole('button', { name: 'Ask for footage' }).click();
    await page.getByLabel('From').fill('2026-01-02T10:00');
    await page.getByLabel('To', { exact: true }).fill('2026-01-02T09:00');
    await seen('The end must come after the beginning.');
    await page.getByLabel('To', { exact: true }).fill('2026-01-02T10:20');
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await seen(/January.*10:00.* to 10:20.*\(20 min\)/);
    await page.locator('.request', { hasText: 'garage' }).getByRole('button', { name: 'Take back' }).click();
    await seen('Taken back.');
    await page.locator('.request', { hasText: 'garage' }).getByText(/Asked by you/).click();
    await seen('taken back (you)');
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.locator('a.device', { hasText: 'All devices' }).click();
  });

  it('says what was rejected and why', async () => {
    await fleet.index.reject({
      key: 'garage/2026/11/21/a.json',
      device: 'garage',
      code: 'clip.undecodable',
      message: 'the clip does not decode: <b>no</b>',
      rejectedAt: millis(Date.now()),
      folder: 'garage/a-1/',
      objects: [{ key: 'garage/2026/11/21/a.json', bytes: 900, kept: true }],
      delivery: 'x',
    });
    await lookAgain();
    await page.locator('.count', { hasText: '1' }).waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: /Rejected/ }).click();
    await seen('The clip does not decode: <b>no</b>.');
    await page.getByText('clip.undecodable').click();
    await seen('garage/a-1/');
  });

  it('says when uploads cannot be taken in, and when it hears nothing', async () => {
    fleet.status = { landingTrouble: 'the share is not mounted', unreadable: [], queued: 0, heldBack: 0 };
    await lookAgain();
    await seen('New uploads cannot be taken in: the share is not mounted');
    fleet.status = { landingTrouble: undefined, unreadable: ['garage/'], queued: 0, heldBack: 0 };
    await lookAgain();
    await seen('Uploads wait in garage/: the server may not read there');
    fleet.status = { landingTrouble: undefined, unreadable: [], queued: 0, heldBack: 0 };
    await context.setOffline(true);
    await lookAgain();
    await seen(/The server cannot be reached/);
    await context.setOffline(false);
    await lookAgain();
    await page.getByText(/The server cannot be reached/).waitFor({ state: 'detached', timeout: 60_000 });
  });

  it('says that the library lacks what was filed into another one, and opens no player for it', async () => {
    const { event } = uploadOf(footage, { device: 'shed', at: Math.floor(Date.now() / 1000 - 2) * 1000 });
    await fleet.add(uploadOf(footage, { device: 'shed', at: Math.floor(event.start_time) * 1000 }));
    await rm(path.join(fleet.folder, 'library', 'shed'), { recursive: true });
    fleet.libraryTrouble =
      's3://new holds none of the 4 events that were looked for, which were filed into s3://old: their pictures and clips cannot be shown';
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await lookAgain();
    await seen('The library s3://new holds none of the 4 events that were looked for, which were filed into s3://old');
    await page.locator('a.event', { hasText: 'shed' }).click();
    await seen('The files of this event are not in the library');
    assert.equal(await page.locator('video').count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Save clip' }).count(), 0);
    await page.keyboard.press('Escape');
    fleet.libraryTrouble = undefined;
    await lookAgain();
    await page.getByText(/The library s3/).waitFor({ state: 'detached', timeout: 60_000 });
    await fleet.add(uploadOf(footage, { device: 'shed', at: Math.floor(event.start_time) * 1000 }));
  });

  it('says who refused what it was told, why, and tries it again', async () => {
    let dead = 2;
    fleet.subscribers = {
      views: () => [{
        plan: { name: 'alarm-bus', type: 'kafka' },
        counts: { waiting: 3, told: 5, dead, forgotten: 0, waitingSince: millis(Date.now() - 300_000) },
        dead: dead === 0 ? [] : [{
          id: 'yard/x/accepted', device: 'yard', at: millis(Date.now()), attempts: 8,
          result: 'the message is too large',
        }],
        problem: undefined,
      }],
      redrive: () => {
        const redriven = dead;
        dead = 0;
        return redriven;
      },
    };
    await lookAgain();
    await seen('alarm-bus refused 2 of what it was told; they were put aside.');
    await page.locator('.banner').getByRole('link', { name: 'Who is told' }).click();
    await seen('5 told · 3 waiting, the oldest came 5 min ago · 2 put aside');
    await page.getByText('2 put aside, and why').click();
    await seen('yard: the message is too large (8 times)');
    await page.getByRole('button', { name: 'Try again what alarm-bus refused' }).click();
    await seen('2 tried again.');
    await page.getByText('2 put aside, and why').waitFor({ state: 'detached', timeout: 60_000 });
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await lookAgain();
    await page.getByText(/alarm-bus refused/).waitFor({ state: 'detached', timeout: 60_000 });
  });

  it('fits a phone, in both lights', async () => {
    const cookies = await context.cookies();
    for (const colorScheme of ['light', 'dark'] as const) {
      await using phone = await browser.newContext({ ...PHONE, colorScheme });
      await phone.addCookies(cookies);
      const small = await open(phone);
      await cards(small).first().waitFor();
      assert.equal(await cards(small).first().locator('.event-kinds').isVisible(), true, 'what it was');
      for (const [screen, name] of [['/', ''], ['/requests', /Requests/], ['/rejected', /Rejected/]] as const) {
        if (name !== '') await small.getByRole('link', { name }).tap();
        assert.ok(
          await small.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'),
          `${screen} is wider than the screen`,
        );
      }
      await small.getByRole('link', { name: 'Events', exact: true }).tap();
      await cards(small).first().tap();
      await until('document.querySelector("video")?.readyState >= 3', small);
    }
  });

  it('signs out, and asks for the password again', async () => {
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await seen('The password of the fleet\'s page was set');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await seen('This is not the password.');
  });

  it('kept to its policy and made no mistake in all this', () => assert.deepEqual(faults, []));
});
