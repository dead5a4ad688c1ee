import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../../test/eventually.ts';
import { sampleEvent } from '../../test/web/fake-device.ts';
import { PageInBrowser, until } from '../../test/web/page-in-browser.ts';
import type { RunningWeb } from '../../test/web/start-web.ts';

describe('events and recordings in a browser', function () {
  this.timeout(60_000);
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
    web.archive.put(sampleEvent(today - 60, 5, { ...bare, kinds: ['motion', 'person'], label: 'motion', entered_zones: ['drive'] }));
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
    const text = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
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

  it('broke none of its own rules meanwhile', () => assert.deepEqual(run?.faults, []));
});
