import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { call } from '../../test/http/client.ts';
import { startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import type { PlacesView } from '../contract/device-api.ts';

const drive = { name: 'drive', polygon: [[0, 0.5], [1, 0.5], [1, 1]] };
const door = { name: 'door', from: [0.2, 0.5], to: [0.8, 0.5] };

describe('zones, lines and masks over the API', () => {
  let web: RunningWeb;
  let cookie: string;
  const begin = async (environment = {}) => {
    web = await startWeb({ environment });
    cookie = await web.owner();
  };
  afterEach(() => web[Symbol.asyncDispose]());
  const get = async () => (await call(web.port, 'GET', '/api/places', { headers: { cookie } })).body as PlacesView;
  const messageOf = ({ body }: { readonly body: unknown }) => (body as { error: { message: string } }).error.message;
  const put = (body: unknown) => call(web.port, 'PUT', '/api/places', { headers: { cookie }, body });

  it('are empty at first, stored when drawn, and in force once the camera\'s process says so', async () => {
    await begin();
    assert.deepEqual(await get(), {
      zones: [], lines: [], privacy_masks: [], sensitivity: 0.5, managed: [], in_force: false,
    });
    const answer = await put({ zones: [drive], lines: [door] });
    const expected = {
      zones: [{ ...drive, type: 'include' }], lines: [door], privacy_masks: [], sensitivity: 0.5, managed: [],
      in_force: true,
    };
    assert.deepEqual([answer.status, answer.body], [200, expected]);
    assert.deepEqual(await get(), expected);
    await put({ lines: [] });
    assert.deepEqual((await get()).zones.length, 1, 'what is not said stays');
  });

  it('are refused by name where they are wrong, and then nothing changes', async () => {
    await begin();
    for (const [body, field] of [
      [
        { zones: [{ name: 'drive', polygon: [[0, 0], [1, 1]] }] },
        /zone "drive": polygon must have at least three corners, got /,
      ],
      [{ zones: [drive, drive] }, /zone "drive": another has the same name/],
      [{ lines: [{ ...door, to: door.from }] }, /line "door": from and to are the same point/],
      [
        { zones: [{ name: 'strip', polygon: [[0.1, 0.9], [0.9, 0.9], [0.9, 0.903], [0.1, 0.903]] }] },
        /zone "strip": it is too small for anything to stand in: somewhere it must be 3 % of the picture wide/,
      ],
      [
        { zones: [drive], privacy_masks: [{ name: 'all', polygon: [[0, 0], [1, 0], [1, 1], [0, 1]] }] },
        /zone "drive": nothing can count in it: it lies under "all", where nothing counts/,
      ],
      [{ walls: [] }, /walls/], [{}, /at least one of zones, lines, privacy_masks, sensitivity/],
      [{ sensitivity: 60 }, /sensitivity must be from 0 to 1, got 60/],
      [{ sensitivity: '60%' }, /sensitivity must be from 0 to 1, got "60%"; write 0.6/],
    ] as const) {
      const answer = await put(body);
      assert.equal(answer.status, 400);
      assert.match(messageOf(answer), field);
    }
    assert.deepEqual((await get()).zones, []);
  });

  it('come with the sensitivity of the whole picture, which is stored and in force as they are', async () => {
    await begin();
    const { body } = await put({ sensitivity: 0.35 });
    assert.deepEqual([(body as PlacesView).sensitivity, (body as PlacesView).in_force], [0.35, true]);
    assert.equal(web.bus.places()?.sensitivity, 0.35);
    const file = JSON.parse(await readFile(path.join(web.folder, 'config.json'), 'utf8')) as unknown;
    assert.deepEqual(file, { motion: { sensitivity: 0.35 } });
  });

  it('are as the last of two changes at once asked for', async () => {
    await begin();
    await put({ sensitivity: 0.5 });
    const answers = await Promise.all([put({ sensitivity: 0.3 }), put({ sensitivity: 0.5 })]);
    assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
    const file = JSON.parse(await readFile(path.join(web.folder, 'config.json'), 'utf8')) as unknown;
    assert.deepEqual([(await get()).sensitivity, file], [0.5, { motion: { sensitivity: 0.5 } }]);
  });

  it('may be as many and as winding as the settings allow', async () => {
    await begin();
    const polygon = Array.from(
      { length: 64 }, (_, index) => {
        const [reach, turn] = [index % 2 === 0 ? 0.45 : 0.2, (index / 64) * 2 * Math.PI];
        return [Number((0.5 + reach * Math.cos(turn)).toFixed(4)), Number((0.5 + reach * Math.sin(turn)).toFixed(4))];
      },
    );
    const zones = Array.from({ length: 32 }, (_, index) => ({ name: `zone-${index}`, polygon }));
    assert.equal((await put({ zones })).status, 200);
  });

  it('may be drawn beside one of the fleet in which nothing can stand: nobody here can mend it', async () => {
    await begin({ TYTO_ZONES: JSON.stringify([{ name: 'wall', polygon: [[0, 0.9], [1, 0.9], [1, 0.92]] }]) });
    assert.equal((await get()).zones.length, 1);
    const privacyMasks = [{ name: 'window', polygon: [[0, 0], [0.3, 0], [0.3, 0.2]] }];
    const { status, body } = await put({ zones: (await get()).zones, privacy_masks: privacyMasks });
    assert.deepEqual([status, (body as PlacesView).in_force], [200, true]);
  });

  it('are left to the fleet where the fleet sets them', async () => {
    await begin({ TYTO_ZONES: JSON.stringify([drive]) });
    assert.deepEqual((await get()).managed, ['zones']);
    const refused = await put({ zones: [] });
    assert.deepEqual([refused.status, refused.code], [409, 'places.managed']);
    assert.match(messageOf(refused), /TYTO_ZONES/);
    assert.equal((await put({
      zones: [{ ...drive, type: 'include' }], lines: [door],
    })).status, 200, 'what stays as it is may be said');
  });

  it('leave the sensitivity to the fleet where the fleet sets it', async () => {
    await begin({ TYTO_MOTION_SENSITIVITY: '0.4' });
    const refused = await put({ sensitivity: 0.5 });
    assert.deepEqual([refused.status, refused.code], [409, 'places.managed']);
    assert.match(messageOf(refused), /^sensitivity: managed .*TYTO_MOTION_SENSITIVITY/);
    assert.equal((await put({ sensitivity: 0.4, lines: [door] })).status, 200);
  });

  it('are not written over a file that somebody broke', async () => {
    await begin();
    await writeFile(path.join(web.folder, 'config.json'), '[]');
    const { status, code } = await put({ zones: [drive] });
    assert.deepEqual([status, code, (await get()).zones], [503, 'places.not-stored', []]);
  });
});
