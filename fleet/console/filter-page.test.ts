import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { EventKind } from '../../device/contract/event.ts';
import { dayOf } from '../../device/ui/day.ts';
import { eventually } from '../../test/eventually.ts';
import { RunningConsole } from '../../test/fleet/console.ts';
import { uploadOf, withManifest } from '../../test/fleet/uploads.ts';
import { BuiltPage, DESK } from '../../test/web/built-page.ts';

describe('the fleet\'s events, narrowed in a browser', function () {
  let built: BuiltPage | undefined;
  let fleet: RunningConsole;
  let page: Page;
  const now = Math.floor(Date.now() / 1000);

  const add = async (device: string, secondsAgo: number, kinds: readonly EventKind[], person?: string) => {
    const { event } = uploadOf({}, { device, at: (now - secondsAgo) * 1000 });
    const face = { box: [0.1, 0.1, 0.2, 0.2], score: 0.9, time: event.start_time, similarity: 0.8 } as const;
    const faces = person === undefined ? [] : [{ ...face, person }];
    await fleet.add(withManifest({ ...event, kinds, faces }, []));
  };

  before(async function () {
    built = await BuiltPage.make(this, 'fleet');
    fleet = await RunningConsole.start({ pageFolder: built.folder });
    await add('yard', 60, ['motion', 'person'], 'Ada');
    await add('yard', 120, ['motion', 'vehicle']);
    await add('shed', 180, ['motion', 'person'], 'Grace');
    await add('shed', 3 * 86_400, ['motion', 'person']);
    await add('shed', 240, ['continuous']);
    const context = await built.browser.newContext(DESK);
    const [name = '', value = ''] = (await fleet.owner()).split(/[=;]/);
    await context.addCookies([{ name, value, url: `http://127.0.0.1:${fleet.port}` }]);
    page = await built.open(context, `http://127.0.0.1:${fleet.port}/`);
  });
  after(async () => {
    await built?.[Symbol.asyncDispose]();
    await fleet?.[Symbol.asyncDispose]();
  });

  const goTo = (address: string) => page.goto(`http://127.0.0.1:${fleet.port}${address}`);
  const shows = (count: number) =>
    eventually(`${count} events`, async () => await page.locator('a.event').count() === count);
  const isAt = (search: string) =>
    eventually(`the address says ${search}`, async () => new URL(page.url()).search === search);
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const choose = (label: string, option: string) =>
    page.getByRole('combobox', { name: label, exact: true }).selectOption(option);

  it('shows a kind, a person and a device, and says in the address which', async () => {
    await shows(4);
    await press('Filter');
    await press('Person');
    await shows(3);
    await isAt('?kind=person');
    await page.getByRole('combobox', { name: 'Who was recognised' }).getByText('Grace').waitFor({ state: 'attached' });
    await choose('Who was recognised', 'Grace');
    await shows(1);
    await choose('Who was recognised', '');
    await choose('Device', 'shed');
    await isAt('?device=shed&kind=person');
    await shows(2);
    await page.goBack();
    await isAt('?kind=person');
    await shows(3);
    await page.locator('a.device', { hasText: 'yard' }).click();
    await isAt('?device=yard&kind=person');
    await shows(1);
    await press('Show all events');
    await isAt('?device=yard');
    await shows(2);
  });

  it('takes a day as the reader counts it', async () => {
    await goTo('/');
    await press('Filter');
    await page.getByLabel('Day', { exact: true }).fill(dayOf(now - 3 * 86_400));
    await shows(1);
  });

  it('keeps to them while one is looked at and left, in a copy of the address, and as more arrives', async () => {
    await goTo('/?person=Ada');
    await shows(1);
    await page.locator('a.event').click();
    await page.locator('dialog.player').waitFor();
    assert.equal(new URL(page.url()).search, '?person=Ada');
    await page.keyboard.press('Escape');
    await page.locator('dialog.player').waitFor({ state: 'detached' });
    await isAt('?person=Ada');
    await add('shed', 20, ['motion']);
    await add('shed', 10, ['motion'], 'Ada');
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    await shows(2);
  });

  it('forgets somebody once that is confirmed, and offers the name no more', async () => {
    await goTo('/?person=Grace');
    await shows(1);
    await press('Filter');
    await press('Forget Grace');
    await page.locator('dialog.dialog').getByRole('button', { name: 'Forget', exact: true }).click();
    await isAt('');
    const people = page.getByRole('combobox', { name: 'Who was recognised' });
    await eventually('the name to go', async () => !(await people.innerText()).includes('Grace'));
    assert.match(await people.innerText(), /Ada/);
    assert.deepEqual(await fleet.index.people(9), ['Ada']);
  });

  it('finds pieces of continuous recording, which are left out otherwise', async () => {
    await goTo('/');
    await press('Filter');
    await press('Continuous recording');
    await shows(1);
  });

  it('says what was asked for when nothing is, and how to see all', async () => {
    await goTo('/?device=shed&kind=animal&clip=1');
    await page.getByText('Nothing of shed in the library is: Animal, with a clip.').waitFor();
    await page.locator('.empty').getByRole('button', { name: 'Show all events' }).click();
    await isAt('?device=shed');
  });

  it('says of another address that there is no such page, and leads back', async () => {
    await goTo('/nowhere');
    await page.getByText('There is no such page').waitFor();
    await page.getByRole('link', { name: 'Show all events' }).click();
    await page.locator('a.event').first().waitFor();
  });

  it('kept to its policy and made no mistake in all this', () => assert.deepEqual(built?.faults, []));
});
