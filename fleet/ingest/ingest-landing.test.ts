import assert from 'node:assert/strict';
import { rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { silentLog, type Log } from '../../device/core/log.ts';
import { millis } from '../../device/core/units.ts';
import { eventually } from '../../test/eventually.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import { makeClip, makePicture, type Footage } from '../../test/fleet/footage.ts';
import { land, mediaOf, uploadOf } from '../../test/fleet/uploads.ts';
import { Ingest } from './ingest.ts';
import type { IngestParts } from './ports.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');

describe('ingest, of a landing that is not as it should be,', () => {
  let footage: Footage;
  let bench: IngestBench;
  before(async () => { footage = { clip: await makeClip(2), picture: await makePicture() }; });
  beforeEach(async () => { bench = await IngestBench.open(); });
  afterEach(() => bench[Symbol.asyncDispose]());

  it('removes a file without manifest in time, and finds it again when the manifest comes late', async () => {
    await using hasty = await IngestBench.open({ limits: { orphansAfter: millis(100) } });
    const upload = uploadOf(footage, { at: NOON });
    const [first, ...rest] = upload.objects;
    assert.ok(first);
    await land(hasty.landing, [first]);
    await hasty.runUntil();
    assert.deepEqual([...await hasty.rejected], [[first[0], 'file.no-manifest']]);
    await land(hasty.landing, rest);
    await hasty.runUntil();
    assert.deepEqual([(await hasty.accepted).length, (await hasty.rejected).size], [1, 0]);
    assert.deepEqual(await hasty.files('quarantine'), []);
  });

  it('leaves young files without manifest alone', async () => {
    await land(bench.landing, mediaOf(uploadOf(footage, { at: NOON })));
    const sentinel = uploadOf({}, { at: NOON + 5000, device: 'shed' });
    await land(bench.landing, sentinel.objects);
    await bench.runUntil(async () => (await bench.files('landing')).length === 2);
    assert.deepEqual([(await bench.accepted).length, (await bench.rejected).size], [1, 0]);
  });

  it('does not believe the time of a file that comes from the future', async () => {
    await using hasty = await IngestBench.open({ limits: { orphansAfter: millis(100) } });
    await land(hasty.landing, [['yard/2026/11/21/stray.bin', Buffer.from('x')]]);
    const future = new Date(Date.now() + 1e9);
    await utimes(path.join(hasty.landing, 'yard/2026/11/21/stray.bin'), future, future);
    await hasty.runUntil();
    assert.deepEqual([...(await hasty.rejected).values()], ['file.no-manifest']);
  });

  it('goes on when the landing cannot be read for a while, and says so', async () => {
    const upload = uploadOf({}, { at: NOON });
    await writeFile(bench.landing, 'a file where the folder should be');
    const stop = new AbortController();
    const ingest = new Ingest({ ...bench.parts, poll: millis(20), log: silentLog });
    const running = ingest.run(stop.signal).catch(() => {});
    await eventually('trouble', () => ingest.status.landingTrouble !== undefined);
    await rm(bench.landing);
    await land(bench.landing, upload.objects);
    await eventually('accepted', async () => (await bench.accepted).length === 1);
    assert.equal(ingest.status.landingTrouble, undefined);
    stop.abort();
    await running;
  });

  it('takes in what it can read when a folder of the landing may not be read, and says which', async () => {
    const [open, closed] = ['yard', 'shed'].map((device) => uploadOf({}, { at: NOON, device }));
    for (const upload of [open, closed]) await land(bench.landing, upload?.objects ?? []);
    let unreadable = ['shed/'];
    const landing: IngestParts['landing'] = {
      open: (...args) => bench.parts.landing.open(...args),
      remove: (...args) => bench.parts.landing.remove(...args),
      put: (...args) => bench.parts.landing.put(...args),
      list: async (...args) => {
        const page = await bench.parts.landing.list(...args);
        const entries = page.entries.filter(({ key }) => !unreadable.some((folder) => key.startsWith(folder)));
        return { ...page, unreadable, entries };
      },
    };
    const said: string[] = [];
    const log: Log = {
      ...silentLog,
      warn: (message, fields) => said.push(`${message} ${String(fields?.['folders'])}`),
      info: (message) => said.push(message),
    };
    const stop = new AbortController();
    const ingest = new Ingest({ ...bench.parts, landing, poll: millis(20), log });
    const running = ingest.run(stop.signal).catch(() => {});
    await eventually('the one that can be read', async () => (await bench.accepted).length === 1);
    assert.deepEqual([ingest.status.unreadable, ingest.status.landingTrouble], [['shed/'], undefined]);
    unreadable = [];
    await eventually('the other', async () => (await bench.accepted).length === 2);
    assert.deepEqual(ingest.status.unreadable, []);
    stop.abort();
    await running;
    assert.deepEqual(said.filter((line) => !line.startsWith('event')), [
      'uploads in folders of the landing wait: this user may not read there; change owner or mode shed/',
      'every folder of the landing can be read again',
    ]);
  });
});
