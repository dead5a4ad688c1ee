import assert from 'node:assert/strict';
import type { BrowserContext, Page } from 'playwright-core';
import { PageInBrowser, until } from '../../test/web/page-in-browser.ts';

describe('the page in a browser, when it is not where it should be', () => {
  let run: PageInBrowser | undefined;
  let context: BrowserContext;
  let page: Page;

  before(async function () {
    const started = await PageInBrowser.start(this);
    run = started;
    started.startCamera();
    context = await started.signedIn(await started.web.owner());
    page = await started.open(context);
  });
  after(async () => { await run?.[Symbol.asyncDispose](); });

  const colourOf = (selector: string) =>
    page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).color`);

  it('does not call a device armed that it cannot reach, and does again by itself', async () => {
    await page.locator('.arm-sign .icon').nth(1).waitFor();
    const armed = await colourOf('.arm-sign');
    await context.setOffline(true);
    await page.getByText('Was armed').waitFor();
    await page.getByText('The device cannot be reached. Trying again').waitFor();
    assert.equal(await page.locator('.arm-sign .icon').count(), 1);
    assert.notEqual(await colourOf('.arm-sign'), armed);
    assert.equal(await page.getByRole('switch').isDisabled(), true);
    await context.setOffline(false);
    await page.getByText('The device cannot be reached. Trying again').waitFor({ state: 'detached' });
    await page.locator('.arm-sign .icon').nth(1).waitFor();
    assert.equal(await colourOf('.arm-sign'), armed);
  });

  it('says that there is no such page, and leads back', async () => {
    await page.goto(run?.address('/nowhere') ?? '');
    await page.getByText('There is no such page').waitFor();
    assert.equal(await page.locator('video').count(), 0);
    await page.getByRole('link', { name: 'Show the live picture' }).click();
    await page.locator('video').waitFor();
    await until(page, `location.pathname === '/'`);
    assert.equal((await page.request.get(run?.address('/nothing.txt') ?? '')).status(), 404);
  });

  it('broke none of its own rules meanwhile', () => assert.deepEqual(run?.faults, []));
});
