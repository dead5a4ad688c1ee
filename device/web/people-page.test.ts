import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../../test/eventually.ts';
import { PageInBrowser } from '../../test/web/page-in-browser.ts';
import type { EventFace, TytoEvent } from '../contract/event.ts';

const START = 1_795_252_530;

describe('people, on the page', () => {
  let run: PageInBrowser;
  let page: Page;
  before(async function () {
    run = await PageInBrowser.start(this);
    page = await run.open(await run.signedIn(await run.web.owner()));
  });
  after(async () => { await run?.[Symbol.asyncDispose](); });

  const face = (time: number, x: number): EventFace =>
    ({ box: [x, 0.3, 0.1, 0.2], score: 0.9, time, person: null, similarity: null });
  const look = (event: TytoEvent): Promise<unknown> => page.goto(run.address(`/events/${event.id}`));
  const faces = () => page.getByRole('list', { name: 'Unknown faces' }).locator('.face');

  it('are offered to be named with a picture of each face, and not where there is none', async () => {
    const seen = await run.record(START, {
      kinds: ['face'], faces: [face(START + 1, 0.2), face(START + 2.5, 0.6), face(START + 90, 0.4)],
    });
    await look(seen);
    await page.getByText('One face cannot be shown, and so not be named. No picture of that moment is kept.').waitFor();
    assert.equal(await faces().count(), 2);
    for (const one of await faces().all()) {
      const picture = one.getByAltText('The face');
      await eventually('the picture is shown', () =>
        picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth > 0));
      await one.getByLabel('Name of this face').waitFor();
    }
    const sources = await faces().getByAltText('The face').evaluateAll((images: { src: string }[]) =>
      images.map(({ src }) => new URL(src).pathname));
    assert.deepEqual(sources, [0, 1].map((index) => `/api/events/${seen.id}/faces/${index}`));
  });

  it('are shown with all their pictures, of which a wrong one can be removed, but not the last', async () => {
    const seen = await run.record(START + 100, {
      kinds: ['face'], faces: [face(START + 101, 0.2), face(START + 102, 0.6)],
    });
    await look(seen);
    for (const before of [0, 1]) {
      await page.getByLabel('Name of this face').first().fill('Ada');
      await page.getByRole('button', { name: 'Name', exact: true }).first().click();
      await page.getByText('Ada is recognised from now on.').nth(before).waitFor();
    }
    await page.goto(run.address('/people'));
    await page.getByRole('button', { name: 'Picture 1 of Ada' }).click();
    await page.getByText('If it does not show Ada, remove it.').waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('The picture is removed.').waitFor();
    await page.getByRole('button', { name: 'Picture 2 of Ada' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Picture 1 of Ada' }).click();
    await page.getByText('It is the only one.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Remove' }).count(), 0);
    await page.getByRole('button', { name: 'Show event' }).click();
    await page.waitForURL((url: URL) => url.pathname === `/events/${seen.id}`);
  });

  it('are told of when a new picture is like none of the others, where it is named and where it can be removed', async () => {
    const seen = await run.record(START + 150, {
      kinds: ['face'], faces: [face(START + 151, 0.2), face(START + 152, 0.6)],
    });
    const name = async (): Promise<void> => {
      await page.getByLabel('Name of this face').first().fill('Grace');
      await page.getByRole('button', { name: 'Name', exact: true }).first().click();
    };
    await look(seen);
    await name();
    await page.getByText('Grace is recognised from now on.').waitFor();
    assert.equal(await page.getByText('is like none').count(), 0);
    run.web.people.unlike = true;
    await name();
    await page.getByText('This face is like none of the other pictures of Grace').waitFor();
    run.web.people.unlike = false;
    await page.getByRole('button', { name: 'Show people' }).click();
    await page.getByText('Picture 2 is like none of the others: remove it if it does not show Grace.').waitFor();
  });

  it('are called anew in the list of events, also where the answer that has the former name comes last', async () => {
    const named = (person: string): EventFace => ({ ...face(START + 201, 0.2), person, similarity: 0.9 });
    const seen = await run.record(START + 200, { kinds: ['face'], faces: [face(START + 201, 0.2)] });
    await look(seen);
    await page.getByLabel('Name of this face').first().fill('Lexi');
    await page.getByRole('button', { name: 'Name', exact: true }).first().click();
    await page.getByText('Lexi is recognised from now on.').waitFor();
    run.web.archive.put({ ...seen, faces: [named('Lexi')] });
    const released = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    await page.route(/\/api\/events(?:\?.*)?$/, async (route) => {
      const response = await route.fetch();
      await released.promise;
      await route.fulfill({ response });
      told.resolve();
    }, { times: 1 });
    await page.goto(run.address('/people'));
    const name = page.getByRole('article', { name: 'People' }).getByLabel('Name').last();
    await name.fill('Alexandra');
    run.web.archive.put({ ...seen, faces: [named('Alexandra')] });
    await name.press('Enter');
    const listed = (who: string) => page.locator('.events').getByText(who);
    await listed('Alexandra').first().waitFor();
    released.resolve();
    await told.promise;
    await page.waitForTimeout(300); // it is shown at once, where it is
    assert.deepEqual([await listed('Lexi').count(), await listed('Alexandra').count()], [0, 1]);
  });

  it('broke none of the page\'s own rules meanwhile', () => assert.deepEqual(run.faults, []));
});
