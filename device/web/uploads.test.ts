import assert from 'node:assert/strict';
import path from 'node:path';
import { call } from '../../test/http/client.ts';
import { setAside } from '../../test/web/dead-uploads.ts';
import { startWeb } from '../../test/web/start-web.ts';
import { uploadsViewSchema, uploadStatusSchema } from '../contract/uploads-view.ts';

describe('uploads, on the page\'s API', () => {
  it('are nothing before the uploader has spoken', async () => {
    await using web = await startWeb();
    const headers = { cookie: await web.owner() };
    assert.deepEqual((await call(web.port, 'GET', '/api/uploads', { headers })).body, { status: null, dead: [] });
    assert.deepEqual((await call(web.port, 'POST', '/api/uploads/redrive', { headers })).body, { redriven: 0 });
  });

  it('show what was put aside, newest first, and try again one of it, or all', async () => {
    await using web = await startWeb();
    const headers = { cookie: await web.owner() };
    const [first = '', second = '', third = ''] = setAside(path.join(web.folder, 'uploads.db'), 3);
    web.bus.uploadFigures = uploadStatusSchema.parse({ pending: 0, uploaded: 4, refused: 0, dead: 3, problem: null });
    const dead = async () =>
      uploadsViewSchema.parse((await call(web.port, 'GET', '/api/uploads', { headers })).body).dead.map(({ event }) =>
        event);
    assert.deepEqual(await dead(), [third, second, first]);
    const again = (route: string) => call(web.port, 'POST', `/api/uploads/${route}`, { headers });
    assert.deepEqual((await again(`${second}/redrive`)).body, { redriven: 1 });
    const { status, code } = await again(`${second}/redrive`);
    assert.deepEqual([status, code, await dead()], [404, 'uploads.unknown', [third, first]]);
    assert.deepEqual([(await again('redrive')).body, await dead()], [{ redriven: 2 }, []]);
  });
});
