import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { setAside } from '../../test/web/dead-uploads.ts';
import { PageInBrowser } from '../../test/web/page-in-browser.ts';
import { uploadStatusSchema } from '../contract/uploads-view.ts';

describe('uploads, on the page', () => {
  let run: PageInBrowser;
  let page: Page;

  before(async function () {
    run = await PageInBrowser.start(this);
    setAside(path.join(run.web.folder, 'uploads.db'), 2);
    run.web.bus.uploadFigures = uploadStatusSchema.parse({
      target: 'directory', to: '/mnt/nas',
      pending: 3, uploaded: 41, acknowledged: 40, refused: 0, dead: 2, held_back: 'metered', problem: null,
      refusals: [{
        event: '1795252530.123456-k3x9ab', code: 'landing.occupied', reason: 'another object lies there still',
        retry_at: 1_795_252_600,
      }],
    });
    page = await run.open(await run.signedIn(await run.web.owner()));
  });
  after(() => run[Symbol.asyncDispose]());

  it('are found in the menu, with what stands in their way', async () => {
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByText('Uploads', { exact: true }).click();
    await page.getByText('3 waiting, 41 stored, 40 of them taken by the fleet, 2 put aside').waitFor();
    await page.getByText('They go to the folder /mnt/nas.').waitFor();
    await page.getByText('The line is metered').waitFor();
    await page.getByText('another object lies there still').waitFor();
    await page.getByText('the store takes no such object (HTTP 413)').first().waitFor();
  });

  it('are named beside the events when they need somebody, with the way there', async () => {
    await page.goto(run.address('/'));
    await page.getByRole('link', { name: '2 uploads were put aside' }).click();
    await page.getByText('They stay here until they are tried again').waitFor();
    assert.equal(await page.getByText('uploads were put aside').count(), 0);
  });

  it('can be tried again, one or all', async () => {
    await page.getByRole('button', { name: /^Try the upload of/ }).first().click();
    await page.getByText('1 tried again.').waitFor();
    await page.getByRole('button', { name: 'Try all again' }).click();
    await page.getByText('They stay here until they are tried again').waitFor({ state: 'detached' });
    assert.deepEqual(run.faults, []);
  });
});
