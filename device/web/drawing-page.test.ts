import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { eventually } from '../../test/eventually.ts';
import { call } from '../../test/http/client.ts';
import { sampleEvent } from '../../test/web/fake-device.ts';
import { PageInBrowser } from '../../test/web/page-in-browser.ts';
import type { RunningWeb } from '../../test/web/start-web.ts';
import { makeTestStream } from '../../test/video/test-stream.ts';
import type { PlacesView } from '../contract/device-api.ts';
import { millis } from '../core/units.ts';
import { stillOf } from '../media/still.ts';

describe('drawing and naming in a browser', () => {
  let run: PageInBrowser | undefined;
  let web: RunningWeb;
  let page: Page;
  let cookie: string;

  before(async function () {
    run = await PageInBrowser.start(this);
    ({ web } = run);
    run.startCamera();
    cookie = await web.owner();
    page = await (await run.signedIn(cookie)).newPage();
  });
  after(async () => { await run?.[Symbol.asyncDispose](); });

  const open = (screen: string) => page.goto(`http://127.0.0.1:${web.port}${screen}`);
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const stored = async (): Promise<PlacesView> =>
    (await call(web.port, 'GET', '/api/places', { headers: { cookie } })).body as PlacesView;

  it('draws a zone on the picture: a corner follows the hand, and what is saved is what is shown', async () => {
    await open('/');
    await button('Menu').click();
    await button('Zones and masks').click();
    await button('Add a zone').click();
    await page.getByLabel('Name', { exact: true }).fill('drive');
    await eventually('the picture is there', () =>
      page.evaluate<boolean>(`document.querySelector('.places-picture img').naturalWidth === 320`));
    const frame = await page.locator('.places-picture').boundingBox() ?? assert.fail();
    const corner = await button(/^Corner 1:/).boundingBox() ?? assert.fail();
    await page.mouse.move(corner.x + corner.width / 2, corner.y + corner.height / 2);
    await page.mouse.down();
    await page.mouse.move(frame.x + 0.1 * frame.width, frame.y + 0.2 * frame.height, { steps: 5 });
    await page.mouse.up();
    await button('New corner after corner 1').click();
    await button('Save').click();
    await page.getByText(/^Saved/).waitFor();
    const { zones: [zone] } = await stored();
    assert.deepEqual([zone?.name, zone?.type, zone?.polygon.length], ['drive', 'include', 5]);
    const [x = 0, y = 0] = zone?.polygon[0] ?? [];
    assert.ok(Math.abs(x - 0.1) < 0.01 && Math.abs(y - 0.2) < 0.01, `the corner is at ${x}, ${y}`);
  });

  it('draws with the keyboard alone', async () => {
    await button('Add a line').click();
    await button(/^Corner 2:/).press('Shift+ArrowDown');
    await button('Turn round').click();
    await button('Save').click();
    await eventually('the line is stored', async () => (await stored()).lines.length === 1);
    const [line] = (await stored()).lines;
    assert.deepEqual(line, { name: 'line-1', from: [0.7, 0.62], to: [0.3, 0.6] });
  });

  it('says what cannot be saved, and loses nothing that was drawn', async () => {
    assert.equal(await page.getByText('a few seconds are not recorded').count(), 0);
    await button('Add a mask').click();
    await page.getByText('a few seconds are not recorded').waitFor();
    const name = page.getByLabel('Name', { exact: true });
    await name.fill('next/door');
    await page.locator('.place-fields').getByText(/“next\/door” cannot be a name/).waitFor();
    await button('Save').click();
    await page.locator('.places-error').getByText(/“next\/door” cannot be a name/).waitFor();
    await name.fill('Süd & Garten!');
    await page.getByText(/cannot be a name/).waitFor({ state: 'hidden' });
    await button('Save').click();
    await eventually('the mask is stored', async () => (await stored()).privacy_masks[0]?.name === 'Süd & Garten!');
    await page.getByText('a few seconds are not recorded').waitFor({ state: 'hidden' });
  });

  it('says at once what the device would refuse, and what it must measure', async () => {
    await page.setViewportSize({ width: 375, height: 800 });
    await open('/places');
    await button('Add a zone').click();
    for (const corner of [1, 2]) for (let step = 0; step < 19; step++)
      await button(new RegExp(`^Corner ${corner}:`)).press('Shift+ArrowDown');
    await page.locator('.place-fields').getByText(/too small for anything to stand in: .* 3 % of the picture/).waitFor();
    await button('Save').click();
    await page.locator('.places-error').getByText(/“zone-1”: it is too small/).waitFor();
  });

  it('shows the sensitivity of a zone in figures, as settings have it', async () => {
    await page.getByLabel('Own sensitivity').check();
    await page.getByLabel('Sensitivity: left fewer events, right more').fill('0.7');
    await page.locator('.place-fields .place-range output').getByText('0.7', { exact: true }).waitFor();
  });

  it('has one slider for how small a change counts in the whole picture', async () => {
    await button('Undo').click();
    assert.equal(await button('Save').isDisabled(), true);
    await page.getByLabel('Sensitivity of the whole picture: left fewer events, right more').fill('0.35');
    await page.getByRole('region', { name: 'Motion' }).locator('output').getByText('0.35', { exact: true }).waitFor();
    await button('Save').click();
    await eventually('it is stored', async () => (await stored()).sensitivity === 0.35);
    await page.getByText(/^Saved/).last().waitFor();
    await button('Add a zone').click();
  });

  it('stores nothing but what was changed here, and keeps what is changed while it stores', async () => {
    const other = await (await run?.signedIn(cookie) ?? assert.fail()).newPage();
    let holding = Promise.resolve();
    await other.route('**/api/places', async (route) => {
      await holding;
      await route.continue();
    });
    await other.goto(`http://127.0.0.1:${web.port}/places`);
    const slider = other.getByLabel('Sensitivity of the whole picture');
    await slider.waitFor();
    const { zones, privacy_masks: masks } = await stored();
    await call(web.port, 'PUT', '/api/places', { headers: { cookie }, body: { lines: [], privacy_masks: [] } });
    const held = Promise.withResolvers<void>();
    holding = held.promise;
    await slider.fill('0.6');
    await other.getByRole('button', { name: 'Save' }).click();
    await slider.fill('0.8');
    held.resolve();
    await other.getByText(/^Saved/).waitFor();
    const { zones: zonesNow, lines, privacy_masks: masksNow, sensitivity } = await stored();
    assert.ok(masks.length > 0);
    assert.deepEqual([zonesNow, lines, masksNow, sensitivity], [zones, [], [], 0.6]);
    assert.equal(await slider.inputValue(), '0.8');
    assert.equal(await other.getByRole('button', { name: 'Save' }).isEnabled(), true);
    await other.close({ runBeforeUnload: false });
  });

  it('does not scroll sideways on a phone, wherever the corners lie', async () => {
    for (let step = 0; step < 20; step++) await button(/^Corner 2:/).press('Shift+ArrowRight');
    assert.match(await button(/^Corner 2:/).getAttribute('style') ?? '', /left: 100%/);
    assert.ok(await page.evaluate<boolean>('document.documentElement.scrollWidth <= 375'));
  });

  it('shows in the list which zones count and which never do', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByLabel('Motion never counts here').check();
    await page.locator('.place-name.exclude').getByText('never counts').waitFor();
    web.bus.setCamera({ unmet: ['privacy_masks: not in this camera\'s video'] });
    await page.getByText('Not in this camera\'s video', { exact: false }).first().waitFor();
    await button('Undo').click();
  });

  it('names a face in an event, renames and forgets the person, and the list of events follows', async () => {
    const start = Math.floor(Date.now() / 1000) - 60;
    const video = await makeTestStream({ seconds: 2, framesPerSecond: 10, gop: 10 });
    const bytes = Buffer.from(await stillOf(video.bytes, millis(1000), { width: 160 }));
    const name = `20261121T101530.123Z_tyto-1_yard_${start}.000000-aaaaaa.jpg`;
    const file = {
      name, bytes, path: path.join(web.folder, name), sha256: createHash('sha256').update(bytes).digest('hex'),
    };
    await writeFile(file.path, bytes);
    const face = { box: [0.4, 0.2, 0.2, 0.3] as const, score: 0.9, time: start + 1, person: null, similarity: null };
    const event = sampleEvent(start, 5, {
      kinds: ['motion', 'face'], faces: [face], frame_time: start + 1, clip: null, has_clip: false,
    });
    web.archive.put(event, { snapshot: file });
    await open(`/events/${event.id}`);
    await page.getByLabel('Name of this face').fill('Ada');
    const look = Promise.withResolvers<undefined>();
    web.people.looked = look.promise;
    await button('Name').click();
    await page.getByText('The device looks at the face.', { exact: false }).waitFor();
    assert.equal(await button('Naming…').isDisabled(), true);
    web.archive.put({ ...event, faces: [{ ...face, person: 'Ada', similarity: 1 }] }, { snapshot: file });
    look.resolve(undefined);
    await page.getByText('Ada is recognised from now on.').waitFor();
    await page.getByText('Face: Ada').waitFor();
    assert.equal(await page.getByText('1 unknown', { exact: false }).count(), 0);
    await open('/people');
    const called = page.getByLabel('Name', { exact: true });
    assert.equal(await called.inputValue(), 'Ada');
    const row = page.locator('.event[href]');
    const recorded = (person: string | null): void => {
      const faces = [{ ...face, person, similarity: person === null ? null : 1 }];
      web.archive.put({ ...event, faces }, { snapshot: file });
    };
    await row.getByText('Ada', { exact: true }).waitFor();
    recorded('Ada L.');
    await called.fill('Ada L.');
    await called.press('Enter');
    await row.getByText('Ada L.', { exact: true }).waitFor();
    recorded(null);
    await button('Forget').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
    await page.getByText('Nobody has been named yet', { exact: false }).waitFor();
    assert.deepEqual(await web.people.list(), []);
    await row.getByText('Face', { exact: true }).waitFor();
    assert.equal(await page.getByText('Ada L.', { exact: true }).count(), 0);
  });

  it('gives another program a key to look, which it shows once, and takes it back', async () => {
    await open('/');
    await button('Menu').click();
    await button('Access keys').click();
    await page.getByLabel('What the key is for').fill('Hall tablet');
    await button('Add a key').click();
    const key = await page.getByLabel('Key', { exact: true }).inputValue();
    const look = async (): Promise<number> => (await call(web.port, 'GET', `/api/snapshot.jpg?token=${key}`)).status;
    assert.equal(await look(), 200);
    await open('/keys');
    await page.getByText('Hall tablet').waitFor();
    assert.equal(await page.getByLabel('Key', { exact: true }).count(), 0);
    await button('Delete the key of Hall tablet').click();
    await page.getByText('only you can see this camera', { exact: false }).waitFor();
    assert.equal(await look(), 401);
  });
});
