import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call, openCall } from '../../test/http/client.ts';
import { PASSWORD, startWeb } from '../../test/web/start-web.ts';
import { describeError, type ConfigError } from '../core/errors.ts';
import { serveWeb } from './web-app.ts';

describe('the page\'s files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-page-'));
    await mkdir(path.join(folder, 'assets'));
    await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>Tyto</title>');
    await writeFile(path.join(folder, 'assets', 'page-1a2b.js'), 'export {};');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are for everybody: every screen is the same page, and what has a hash in its name is kept', async () => {
    await using web = await startWeb({ pageFolder: folder });
    for (const screen of ['/', '/events/1795252530.123456-k3x9ab', '/index.html', '/settings']) {
      const { status, headers, bytes } = await call(web.port, 'GET', screen);
      assert.deepEqual([status, headers['content-type'], headers['cache-control']], [
        200, 'text/html; charset=utf-8', 'no-cache',
      ], screen);
      assert.match(bytes.toString('utf8'), /Tyto/);
    }
    const asset = await call(web.port, 'GET', '/assets/page-1a2b.js');
    assert.match(asset.headers['cache-control'] ?? '', /immutable/);
    assert.match(asset.headers['content-type'] ?? '', /javascript/);
    assert.equal((await call(
      web.port, 'GET', '/assets/page-1a2b.js', { headers: { 'if-none-match': asset.headers.etag ?? '' } },
    )).status, 304);
  });

  it('are those of its folder and nothing else', async () => {
    await writeFile(path.join(path.dirname(folder), 'tyto-secret.txt'), 'secret');
    await using web = await startWeb({ pageFolder: folder });
    for (const escape of [
      '/../tyto-secret.txt', '/assets/../../tyto-secret.txt', '/%2e%2e/tyto-secret.txt', '/assets/missing.js', '/.env',
      '/robots.txt',
    ]) {
      assert.equal((await call(web.port, 'GET', escape)).status, 404, escape);
    }
    await rm(path.join(path.dirname(folder), 'tyto-secret.txt'));
  });

  it('say what to do when they were not built', async () => {
    await using web = await startWeb();
    const { status, bytes } = await call(web.port, 'GET', '/');
    assert.equal(status, 503);
    assert.match(bytes.toString('utf8'), /npm run build/);
  });
});

describe('the page\'s server', () => {
  it('names the port and the setting when the port is taken', async () => {
    await using web = await startWeb();
    const other = serveWeb({ handle: () => {} }, { port: web.port, host: '127.0.0.1' }, {
      signal: new AbortController().signal,
    });
    await assert.rejects(other, (error: ConfigError) => {
      assert.equal(error.code, 'web.port-in-use');
      assert.match(
        describeError(error),
        new RegExp(`^port ${web.port} .*TYTO_WEB_PORT to a free port$`), 'without what the system says',
      );
      return true;
    });
  });

  it('stops within a moment, whoever still listens', async () => {
    const web = await startWeb();
    const cookie = await web.owner();
    const answer = await openCall(web.port, 'GET', '/api/updates', { headers: { cookie } });
    answer.on('error', () => {});
    answer.resume();
    await web[Symbol.asyncDispose](); // or it would wait for the listener, who stays for ever
  });

  it('says nothing of what went wrong inside', async () => {
    await using web = await startWeb();
    const cookie = await web.owner();
    web.archive.page = () => { throw new Error('SQLITE_CORRUPT /data/archive.db'); };
    const answer = await call(web.port, 'GET', '/api/events', { headers: { cookie } });
    assert.deepEqual([answer.status, answer.code], [500, 'internal']);
    assert.doesNotMatch(answer.bytes.toString('utf8'), /archive\.db|SQLITE|\.ts/);
    assert.equal((await call(web.port, 'POST', '/api/session', { body: { password: PASSWORD } })).status, 204);
  });
});
