import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../../test/fleet/console.ts';
import { RunningVault } from '../../test/fleet/vault.ts';
import { call } from '../../test/http/client.ts';
import { BuiltPage, PHONE } from '../../test/web/built-page.ts';

describe('accounts and keys on the fleet\'s page', function () {
  this.timeout(120_000);
  let built: BuiltPage | undefined;
  let fleet: RunningVault;
  let page: Page;

  before(async function () {
    built = await BuiltPage.make(this, 'fleet');
    fleet = await RunningVault.start({ pageFolder: built.folder });
    page = await built.open(await built.browser.newContext(PHONE), `http://127.0.0.1:${fleet.port}/`);
  });
  after(async () => {
    await built?.[Symbol.asyncDispose]();
    await fleet?.[Symbol.asyncDispose]();
  });
  const seen = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: 60_000 });
  const valueOf = (label: string) => page.getByLabel(label, { exact: true }).inputValue();

  it('are found in the menu, and there are none at first', async () => {
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Open the page' }).click();
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('button', { name: 'Accounts and keys' }).click();
    await seen('Nobody can upload over HTTP');
  });

  it('make an account whose keys open the vault at once, and are shown once', async () => {
    await page.getByLabel('Name', { exact: true }).fill('farm');
    await page.getByLabel('May hold').fill('100');
    await page.getByLabel('Keeps footage').fill('30');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await seen('The keys of farm.');
    const keys = {
      'X-Kerberos-Storage-AccessKey': await valueOf('Access key'),
      'X-Kerberos-Storage-SecretAccessKey': await valueOf('Secret'),
    };
    assert.equal((await call(fleet.port, 'POST', '/ping', { headers: keys })).status, 200);
    await seen(/of 100 GB · 0 events · kept 30 days/);
    await page.reload();
    await seen('kept 30 days');
    assert.equal(await page.getByText('The keys of farm.').count(), 0);
  });

  it('make the key of a device, and say what is wrong with a name', async () => {
    await page.getByLabel('Name of a device').fill('front_door');
    await page.getByRole('button', { name: 'Make its key' }).click();
    await seen(/The name of a device has letters, digits and inner hyphens/);
    await page.getByLabel('Name of a device').fill('yard');
    await page.getByRole('button', { name: 'Make its key' }).click();
    await seen('The key of yard.');
    const { status } = await call(fleet.port, 'GET', '/landing?prefix=yard/', {
      headers: { authorization: `Bearer ${await valueOf('Key')}` },
    });
    assert.equal(status, 200);
  });

  it('change, switch off, and withdraw after asking twice', async () => {
    await page.getByText('Change', { exact: true }).click();
    await page.locator('.account-more').getByLabel('Keeps footage').fill('7');
    await page.getByRole('button', { name: 'Save' }).click();
    await seen(/kept 7 days/);
    await page.getByRole('button', { name: 'Switch off' }).click();
    await seen('switched off');
    await page.getByRole('button', { name: /Withdraw the key \w+ of yard/ }).click();
    await page.locator('.account-key').getByRole('button', { name: 'Withdraw', exact: true }).click();
    await page.locator('.account-key').waitFor({ state: 'detached', timeout: 60_000 });
    await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
    await seen(/What it uploaded stays/);
    await page.locator('.sure').getByRole('button', { name: 'Withdraw', exact: true }).click();
    await seen('Nobody can upload over HTTP');
  });

  it('lie beside a description of the API that runs under the same strict rules', async () => {
    await page.goto(`http://127.0.0.1:${fleet.port}/swagger/index.html`);
    await page.locator('.opblock').first().waitFor({ timeout: 60_000 });
    await seen('/api/vault/v1/events');
    assert.deepEqual(built?.faults, []);
  });
});
