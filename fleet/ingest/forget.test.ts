import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import type { TytoEvent } from '../../device/contract/event.ts';
import { manifestKey } from '../../device/contract/names.ts';
import { hours } from '../../device/core/units.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import { dyingParts, Killed } from '../../test/fleet/dying.ts';
import { makePicture } from '../../test/fleet/footage.ts';
import { land, mediaOf, uploadOf, withManifest, type Upload } from '../../test/fleet/uploads.ts';
import { forgetPerson } from '../forget-person.ts';
import { deal } from './deal.ts';
import { dutyOf } from './landing-key.ts';
import type { IngestParts } from './ports.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const never = new AbortController().signal;

describe('ingest of an event in which somebody is renamed or forgotten', () => {
  let picture: Buffer;
  let seen: Upload;
  let renamed: Upload;
  let forgotten: Upload;
  before(async () => {
    picture = await makePicture('64x48');
    const plain = uploadOf({ picture }, { at: NOON });
    const named = (person: string | null, revision?: number): TytoEvent => ({
      ...plain.event, kinds: ['face', 'motion'], label: 'face',
      faces: [
        { box: [0, 0, 0.1, 0.1], score: 0.9, time: NOON / 1000, person, similarity: person === null ? null : 0.8 },
      ],
      ...(revision === undefined ? {} : { revision }),
    });
    seen = withManifest(named('Adelheid'), mediaOf(plain));
    [renamed, forgotten] = [withManifest(named('Heidi', 1), []), withManifest(named(null, 2), [])];
  });

  /** Deals with everything in the landing, once. */
  async function runOnce(bench: IngestBench, parts: IngestParts = bench.parts): Promise<void> {
    await mkdir(parts.work, { recursive: true });
    const { entries } = await bench.parts.landing.list('', undefined, never);
    for (const { key, modifiedAt } of entries) {
      const duty = dutyOf(key, hours(1), parts.limits);
      const folder = await mkdtemp(path.join(parts.work, 'job-'));
      if (duty !== undefined) await deal(duty, { key, modifiedAt, age: hours(1) }, folder, parts, never);
    }
  }
  async function deliver(bench: IngestBench, ...uploads: readonly Upload[]): Promise<void> {
    for (const { objects } of uploads) {
      await land(bench.landing, objects);
      await runOnce(bench);
    }
  }
  const events = async (bench: IngestBench): Promise<readonly TytoEvent[]> =>
    (await bench.parts.register.events({ limit: 9 })).rows.map(({ event }) => event);
  /** All that the fleet keeps in files, and whom its page offers to look for. */
  async function kept(bench: IngestBench): Promise<string> {
    const folders = ['library', 'quarantine', 'landing'];
    const files = (await Promise.all(folders.map(async (folder) => {
      const below = path.join(bench.root, folder);
      const found = await readdir(below, { recursive: true, withFileTypes: true }).catch(() => []);
      return found.filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name));
    }))).flat();
    const texts = await Promise.all(files.filter((file) => file.endsWith('.json'))
      .map((file) => readFile(file, 'utf8')));
    return [...texts, ...await bench.parts.register.people(9), JSON.stringify(await events(bench))].join('\n');
  }

  it('has the new words wherever it kept the old ones, and the media as they were', async () => {
    await using bench = await IngestBench.open();
    await deliver(bench, seen);
    assert.match(await kept(bench), /Adelheid/);
    await deliver(bench, renamed);
    assert.deepEqual(await bench.parts.register.people(9), ['Heidi']);
    await deliver(bench, forgotten);
    assert.doesNotMatch(await kept(bench), /Adelheid|Heidi/);
    assert.deepEqual(await events(bench), [forgotten.event]);
    assert.deepEqual(await bench.files('library'), [...seen.objects.keys()].sort());
    for (const [key, data] of mediaOf(seen)) assert.ok((await bench.read(`library/${key}`)).equals(data), key);
    assert.deepEqual([await bench.files('landing'), [...await bench.rejected]], [[], []]);
    assert.deepEqual((await bench.answers()).map(([, verdict]) => verdict), ['taken', 'taken', 'taken']);
    assert.equal((await bench.parts.register.devices())[0]?.bytes, picture.byteLength, 'nothing is counted twice');
  });

  it('never brings a name back with what was told before, whole or in part, and however often it comes', async () => {
    await using bench = await IngestBench.open();
    const withoutPicture = withManifest({ ...forgotten.event, snapshot: null, has_snapshot: false }, []);
    await deliver(bench, withoutPicture, renamed, seen, seen, forgotten, renamed);
    assert.doesNotMatch(await kept(bench), /Adelheid|Heidi/);
    assert.deepEqual([await events(bench), [...await bench.rejected]], [[forgotten.event], []]);
    assert.deepEqual(await bench.files('library'), [...seen.objects.keys()].sort(), 'the picture came with old words');
  });

  it('comes to the same end when it is killed between any two steps', async () => {
    for (let at = 1, calls = Infinity; at <= calls; at++) {
      await using bench = await IngestBench.open();
      await deliver(bench, seen);
      await land(bench.landing, forgotten.objects);
      const dying = dyingParts(bench.parts, at);
      await runOnce(bench, dying.parts).catch((error: unknown) => assert.ok(error instanceof Killed, String(error)));
      if (dying.calls() < at) calls = dying.calls();
      await runOnce(bench);
      assert.doesNotMatch(await kept(bench), /Adelheid/, `killed before call ${at}`);
      assert.deepEqual([await events(bench), await bench.files('landing')], [[forgotten.event], []]);
    }
  });

  it('holds what the fleet itself forgot, and loses no word of the device for it, however both are mixed', async () => {
    const names = [['Ada', 'Carl'], ['Ada', null], ['Adelheid', 'Carl'], ['Heidi', 'Ada'], ['Ada', 'Charles']] as const;
    const faceOf = (person: string | null): TytoEvent['faces'][number] => ({
      box: [0, 0, 0.1, 0.1], score: 0.9, time: NOON / 1000, person, similarity: person === null ? null : 0.8,
    });
    const telling = (revision: number): Upload => withManifest({
      ...seen.event, faces: names[revision]?.map(faceOf) ?? [], ...(revision === 0 ? {} : { revision }),
    }, mediaOf(seen));
    const step = fc.oneof(
      fc.record({ told: fc.nat(names.length - 1) }),
      fc.record({ forget: fc.constantFrom('Ada', 'Carl', 'Heidi', 'Charles') }),
    );
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
      await using bench = await IngestBench.open();
      const { register: index, library } = bench.parts;
      let last = -1;
      const forgottenFaces = new Set<number>();
      const people = (): (string | null)[] =>
        (names[last] ?? []).map((person, place) => (forgottenFaces.has(place) ? null : person));
      for (const one of steps) {
        if ('told' in one) {
          await deliver(bench, telling(one.told));
          last = Math.max(last, one.told);
        } else {
          const work = path.join(bench.root, 'forgetting');
          await forgetPerson({ name: one.forget, device: undefined }, { index, library, work }, never);
          for (const [place, person] of people().entries()) if (person === one.forget) forgottenFaces.add(place);
        }
        const expected = last < 0 ? [] : [people()];
        assert.deepEqual((await events(bench)).map(({ faces }) => faces.map(({ person }) => person)), expected);
        for (const name of names.flat())
          if (name !== null) assert.equal((await kept(bench)).includes(`"${name}"`), people().includes(name), name);
        assert.deepEqual([[...await bench.rejected], await bench.files('landing')], [[], []]);
      }
    }), { numRuns: 25 });
  });

  it('keeps it from the library also when a worker that read the old words puts them there last', async () => {
    await using bench = await IngestBench.open();
    await land(bench.landing, seen.objects);
    const { library } = bench.parts;
    let isOvertaken = false;
    const slow: IngestParts = {
      ...bench.parts, library: {
        put: async (key, file) => {
          if (key === manifestKey(seen.event) && !isOvertaken) {
            isOvertaken = true;
            await deliver(bench, withManifest(forgotten.event, mediaOf(seen)));
          }
          await library.put(key, file);
        },
        remove: (key) => library.remove(key),
      },
    };
    await assert.rejects(runOnce(bench, slow), { code: 'index.raced' });
    await runOnce(bench);
    assert.doesNotMatch(await kept(bench), /Adelheid/);
    assert.deepEqual([await events(bench), await bench.files('landing')], [[forgotten.event], []]);
  });
});
