import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { eventually } from '../../test/eventually.ts';
import { sampleEvent } from '../../test/web/fake-device.ts';
import { PageInBrowser, PLAYING, until } from '../../test/web/page-in-browser.ts';
import type { RunningWeb } from '../../test/web/start-web.ts';
import { makeTestStream } from '../../test/video/test-stream.ts';
import { segmentFileName } from '../contract/media-path.ts';
import { millis } from '../core/units.ts';

describe('events and recordings in a browser', () => {
  let run: PageInBrowser | undefined;
  let web: RunningWeb;
  let page: Page;
  const today = Math.floor(Date.now() / 1000);

  before(async function () {
    const started = await PageInBrowser.start(this);
    run = started;
    ({ web } = started);
    started.startCamera();
    page = await started.open(await started.signedIn(await web.owner()));
    const bare = { has_snapshot: false, has_clip: false } as const;
    web.archive.put(
      sampleEvent(today - 60, 5, { ...bare, kinds: ['motion', 'person'], label: 'motion', entered_zones: ['drive'] }),
    );
    web.archive.put(sampleEvent(today - 120, 5, { ...bare, kinds: ['motion', 'vehicle'], label: 'motion' }));
    web.archive.put(sampleEvent(today - 3 * 86_400, 5, { ...bare, kinds: ['motion', 'animal'], label: 'motion' }));
    await page.reload();
  });
  after(async () => { await run?.[Symbol.asyncDispose](); });

  const rows = () => page.locator('.event[href]').count();
  const shows = (count: number) => eventually(`${count} events`, async () => await rows() === count);
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

  it('shows only the events that are asked for, and says in the address which', async () => {
    await shows(3);
    await press('Filter');
    await press('Person');
    await shows(1);
    assert.equal(new URL(page.url()).search, '?kind=person');
    await press('Vehicle');
    await until(page, `location.search === '?kind=vehicle'`);
    await shows(1);
    await page.goBack();
    await until(page, `location.search === '?kind=person'`);
    await press('Show all events');
    await shows(3);
  });

  it('keeps to them while one is looked at and left, and in a copy of the address', async () => {
    await page.goto(run?.address('/?kind=animal') ?? '');
    await shows(1);
    await page.locator('.event[href]').click();
    await until(page, `location.pathname.startsWith('/events/') && location.search === '?kind=animal'`);
    await page.keyboard.press('Escape');
    await until(page, `location.pathname === '/' && location.search === '?kind=animal'`);
    await shows(1);
  });

  it('takes a day as the reader counts it, and adds what happens only when it is asked for', async () => {
    const day = new Date((today - 3 * 86_400) * 1000);
    const text = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0'))
      .join('-');
    await page.goto(run?.address('/') ?? '');
    await press('Filter');
    await page.getByLabel('Day', { exact: true }).fill(text);
    await shows(1);
    web.bus.say('new', sampleEvent(today - 10, undefined, { has_snapshot: false }));
    web.bus.say('new', sampleEvent(today - 3 * 86_400 + 1, 5, { has_snapshot: false }));
    await shows(2);
  });

  it('says what was asked for when nothing is, and how to see all', async () => {
    await page.goto(run?.address('/?starred=1&zone=gate') ?? '');
    await page.getByText('No such events').waitFor();
    await page.getByText(/in gate, starred/).first().waitFor();
    await page.locator('.empty').getByRole('button', { name: 'Show all events' }).click();
    await until(page, `location.search === ''`);
  });

  it('records on demand, shows for how long, and stops', async () => {
    await page.goto(run?.address('/') ?? '');
    await press('Record');
    await page.getByRole('button', { name: /^Stop\s*0:0\d of 0:30$/ }).waitFor();
    await page.getByRole('button', { name: /^Stop/ }).click();
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
    web.bus.refusal = { code: 'command.offline', message: 'no video comes from the camera' };
    await press('Record');
    await page.getByText('No video comes from the camera.').waitFor();
    web.bus.refusal = undefined;
  });

  it('shows the picture of an event that comes later than the word of it', async () => {
    const start = today - 40;
    const event = await run?.record(start) ?? assert.fail();
    const pictured = { ...event, id: sampleEvent(start - 1, 5).id, start_time: start - 1 };
    const asked = page.waitForResponse((answer) => answer.url().includes(`${pictured.id}/snapshot.jpg`));
    web.archive.put(pictured);
    web.bus.say('end', pictured);
    assert.equal((await asked).status(), 404);
    const row = page.locator(`.event[href*="${pictured.id}"]`);
    await row.locator('.no-picture').waitFor();
    web.archive.put(pictured, { snapshot: web.archive.media(event, 'snapshot') ?? assert.fail() });
    await eventually('the picture is shown', () =>
      row.locator('img').evaluate((image: { naturalWidth: number }) => image.naturalWidth > 0).catch(() => false));
  });

  it('plays the preview of an event while a pointer rests on it, and draws the ways through the picture', async () => {
    const start = today - 30;
    const file = path.join(web.folder, 'preview.mp4');
    await writeFile(file, (await makeTestStream({ seconds: 1 })).bytes);
    const track = {
      id: 1, start_time: start, end_time: start + 5, path: [[0.1, 0.9], [0.8, 0.4]] as const,
      direction: 'right' as const, zones: [],
    };
    const event = await run?.record(start, {
      tracks: [track], preview: { name: 'preview.mp4', bytes: 1, sha256: 'a'.repeat(64) },
    })
      ?? assert.fail();
    web.archive.put(event, { preview: { path: file, sha256: undefined } });
    await page.goto(run?.address('/') ?? '');
    const row = page.locator(`a[href="/events/${event.id}"]`);
    await row.hover();
    await until(page, `document.querySelector('.event-preview')?.currentTime > 0`);
    await page.mouse.move(0, 0);
    await page.locator('.event-preview').waitFor({ state: 'detached' });
    await row.click();
    await press('Paths');
    assert.equal(await page.locator('.paths polyline').last().getAttribute('points'), '32,216 256,96');
    assert.match(await page.locator('.paths polygon').getAttribute('points') ?? '', /^256,96 /, 'an arrow at its end');
  });

  it('plays continuous recording piece by piece, at any moment of the day, and says where there is none', async () => {
    const clip = await makeTestStream({ seconds: 4, framesPerSecond: 10, gop: 10 });
    const begin = Math.floor(today / 3600) * 3600 - 3600;
    for (let piece = 0; piece < 3; piece++) {
      const from = begin + 4 * piece;
      const name = segmentFileName({ kind: 'continuous', at: millis(from * 1000), device: 'tyto-1', camera: 'yard' });
      const file = path.join(web.folder, name);
      await writeFile(file, clip.bytes);
      web.archive.putSegment({ name, from, to: from + 4, bytes: clip.bytes.byteLength }, {
        path: file, sha256: createHash('sha256').update(clip.bytes).digest('hex'),
      });
    }
    web.archive.ledgerEntries.push({ from: begin, to: begin + 12, state: 'recorded', reason: '' });
    await page.goto(run?.address(`/recordings?at=${begin + 2}`) ?? '');
    const hour = page.getByLabel('Time of the hour');
    const shown = () => hour.inputValue().then(Number);
    const plays = `(() => { const v = document.querySelector('.recordings-picture video:not(.unseen-video)'); return v !== null && !v.paused && v.readyState >= 2; })()`;
    await until(page, plays);
    await eventually('it goes on in the next piece', async () => await shown() >= begin + 6);
    assert.equal(await page.locator('.recordings-picture video').count(), 2);
    await hour.fill(String(begin + 9));
    await eventually('it is where it was sent to', async () =>
      await shown() >= begin + 9 && await page.evaluate<boolean>(plays));
    await page.getByText('This is as far as it is recorded', { exact: false }).waitFor();
    await hour.fill(String(begin + 1800));
    await page.getByText(/Nothing continuous was kept at/).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('at'), String(begin + 1800));
    assert.equal(await page.locator('.stretch.kept').count() > 0, true);
  });

  it('plays the films of days, the newest first', async () => {
    const film = await makeTestStream({ seconds: 2 });
    for (const [days, to] of [[2, today - 1], [1, today - 1], [0, null]] as const) {
      const from = today - 86_400 * days - 60;
      const name = segmentFileName({ kind: 'timelapse', at: millis(from * 1000), device: 'tyto-1', camera: 'yard' });
      const file = path.join(web.folder, name);
      await writeFile(file, film.bytes);
      web.archive.putSegment(
        { name, from, to, bytes: to === null ? null : film.bytes.byteLength }, { path: file, sha256: undefined },
      );
    }
    await page.goto(run?.address('/films') ?? '');
    await until(page, PLAYING);
    assert.equal(await page.locator('.film').count(), 3);
    for (const chosen of [2, 0]) { // the oldest, and the one that is still being made, as far as it goes
      await page.locator('.film').nth(chosen).click();
      await until(page, `document.querySelectorAll('.film')[${chosen}].ariaCurrent === 'true'`);
      await until(page, PLAYING);
    }
  });

  it('lets sound be heard where the stream has some, and is silent until asked', async () => {
    run?.startCamera({ sound: true });
    await page.goto(run?.address('/') ?? '');
    await until(page, PLAYING);
    assert.equal(await page.evaluate<boolean>(`document.querySelector('video').muted`), true);
    await press('Sound');
    await until(
      page, `!document.querySelector('video').muted && document.querySelector('video').webkitAudioDecodedByteCount > 0`,
    );
    run?.startCamera();
    await page.getByRole('button', { name: 'Sound', exact: true }).waitFor({ state: 'detached' });
  });

  it('tells what the camera sends and how the disk stands, to who wants to know', async () => {
    web.bus.setCamera({
      stream: { codec: 'h264', bitrate: 2_300_000, frameRate: 15, gop: 30 }, unmet: ['this camera has no focus'],
    });
    await page.getByText('1 thing to look at').click();
    await page.getByText('H.264, 1280 × 720, 15 pictures a second, 2.3 Mbit/s, a keyframe every 30 pictures').waitFor();
    await page.getByText('this camera has no focus').waitFor();
    web.bus.setCamera({ stream: null, unmet: [] });
  });

  it('broke none of its own rules meanwhile', () => assert.deepEqual(run?.faults, []));
});
