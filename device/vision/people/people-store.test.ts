import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { millis } from '../../core/units.ts';
import { DESCRIPTOR_LENGTH, type Descriptor } from './descriptor.ts';
import { KnownPeople } from './known-people.ts';
import { NameChanges } from './name-changes.ts';
import { PeopleWhenNamed } from './people-when-named.ts';
import { MOST_SAMPLES, PeopleStore, type DamagedFile } from './people-store.ts';
import type { NewSample } from './person.ts';

/** A face that is like those with the same `who`, and like no other. */
const face = (who: number): Descriptor =>
  Float32Array.from({ length: DESCRIPTOR_LENGTH }, (_, index) => index % 16 === who ? 0.3 : 0);
/** @param look - No two pictures of a face are the same. */
const sample = (who: number, look = 0): NewSample =>
  ({
    descriptor: face(who).map((value) => value + look / 1000), crop: Buffer.from('jpeg'),
    source: { kind: 'event', name: '1795252530.123456-k3x9ab' },
    taken: millis(1_795_252_530_000),
  });

const NOW = millis(1_795_252_600_000);

describe('people', () => {
  let folder: string;
  let damaged: DamagedFile[];
  let store: PeopleStore;
  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'tyto-people-')), 'people');
    damaged = [];
    store = new PeopleStore(folder, (event) => damaged.push(event));
  });
  afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

  it('are nobody before one is named', async () => {
    assert.deepEqual(await store.list(), []);
    assert.equal(await new KnownPeople(store).refresh(), 0);
  });

  it('are read only from the first one who is named on', async () => {
    let opened = 0;
    const people = new PeopleWhenNamed(folder, () => {
      opened += 1;
      return Promise.resolve(new KnownPeople(store));
    });
    assert.deepEqual([await people.refresh(), people.nearest(face(1)), opened], [0, undefined, 0]);
    await store.enrol('Ann', sample(1));
    assert.deepEqual([await people.refresh(), people.nearest(face(1))?.name, opened], [1, 'Ann', 1]);
    await people.refresh();
    assert.equal(opened, 1);
  });

  it('are known by their pictures, under one name however it is written', async () => {
    const { id } = await store.enrol('Zoë  Ball', sample(1));
    await store.enrol(' ZOË ball', sample(1, 1));
    const people = await new PeopleStore(folder, () => {}).list();
    assert.deepEqual(people.map((person) => [person.id, person.name, person.samples.length]), [[id, 'Zoë Ball', 2]]);
    const kept = people[0]?.samples.find(({ descriptor }) => descriptor?.at(1) === face(1).at(1));
    assert.ok(kept);
    assert.deepEqual(kept.source, { kind: 'event', name: '1795252530.123456-k3x9ab' });
    assert.deepEqual(kept.descriptor, face(1));
    assert.equal(Buffer.from(await store.crop(id, kept.id)).toString(), 'jpeg');
  });

  it('are told apart, and a stranger is like nobody', async () => {
    await store.enrol('Ann', sample(1));
    await store.enrol('Bob', sample(2));
    const known = new KnownPeople(store);
    assert.equal(await known.refresh(), 2);
    assert.equal(known.nearest(face(2))?.name, 'Bob');
    assert.ok((known.nearest(face(2))?.similarity ?? 0) > 0.99);
    assert.ok((known.nearest(face(3))?.similarity ?? 1) < 0.1);
  });

  it('are forgotten without a trace in their folder', async () => {
    const ann = await store.enrol('Ann', sample(1));
    await store.enrol('Bob', sample(2));
    await store.forget(ann.id, NOW);
    assert.deepEqual((await store.list()).map(({ name }) => name), ['Bob']);
    const names = new NameChanges(folder);
    const [change, ...others] = await names.list(assert.ifError);
    assert.deepEqual([change?.name, change?.to, change?.at, others], ['Ann', null, NOW, []], 'it vanishes from events');
    await names.done(change?.id ?? '');
    const left = await readdir(folder, { recursive: true });
    assert.ok(left.length > 0 && left.every((name) => !name.includes(ann.id)));
    await assert.rejects(store.forget(ann.id, NOW), { code: 'people.unknown' });
  });

  it('stay to be forgotten where the disk does not let the note be read; one that was damaged is removed', async () => {
    const names = new NameChanges(folder);
    for (const name of ['Ann', 'Bob', 'Cid']) await names.add({ name, to: null, at: NOW });
    const notes = new Map((await names.list(assert.ifError)).map(({ id, name }) => [name, id]));
    const noteOf = (name: string): string => path.join(folder, 'forgotten', `${notes.get(name)}.json`);
    await rm(noteOf('Ann'));
    await mkdir(noteOf('Ann')); // nobody can read a folder as a file
    await writeFile(noteOf('Bob'), '{"version":1,');
    const unreadable: unknown[] = [];
    assert.deepEqual((await names.list((error) => { unreadable.push(error.code); })).map(({ name }) => name), ['Cid']);
    assert.deepEqual([unreadable, (await readdir(path.join(folder, 'forgotten'))).sort()], [
      ['people.unreadable'], ['Ann', 'Cid'].map((name) => path.basename(noteOf(name))).sort(),
    ]);
  });

  it('can be given another name, but not that of somebody else', async () => {
    const ann = await store.enrol('Ann', sample(1));
    await store.enrol('Bob', sample(2));
    await store.rename(ann.id, 'Anna', NOW);
    await assert.rejects(store.rename(ann.id, 'bob', NOW), { code: 'people.taken' });
    assert.deepEqual((await store.list()).map(({ name }) => name), ['Anna', 'Bob']);
    const changes = await new NameChanges(folder).list(assert.ifError);
    assert.deepEqual(changes.map(({ name, to }) => [name, to]), [['Ann', 'Anna']], 'events follow');
  });

  it('are forgotten by every name that they had, each as long as they had it', async () => {
    const { id } = await store.enrol('Lexi', sample(1));
    const changes = new NameChanges(folder);
    await store.rename(id, 'Alexandra', NOW);
    for (const { id: note } of await changes.list(assert.ifError)) await changes.done(note);
    await store.forget(id, millis(NOW + 1000));
    assert.deepEqual((await changes.list(assert.ifError)).map(({ name, to, at }) => [name, to, at]),
      [['Lexi', null, NOW], ['Alexandra', null, NOW + 1000]]);
  });

  it('are known from a face of an event only under the name that it was given', async () => {
    const { id } = await store.enrol('Ann', sample(1));
    const { source } = sample(1);
    assert.equal((await store.knownFrom('ann', source))?.id, id);
    assert.equal(await store.knownFrom('Bob', source), undefined);
    assert.equal(await store.knownFrom('Ann', { ...source, name: 'another' }), undefined);
  });

  it('are known by the same picture once, however often and from wherever it is taken up', async () => {
    await store.enrol('Ann', sample(1));
    const again = await store.enrol('ann', { ...sample(1), source: { kind: 'file', name: 'copy.jpg' } });
    assert.deepEqual([again.samples.length, again.samples[0]?.source.kind], [1, 'event']);
    assert.equal((await store.enrol('Bob', sample(1))).name, 'Bob', 'somebody else may be taken for another');
  });

  it('lose one picture of several, of which nothing is left then, and never the last', async () => {
    const { id, samples: [wrong] } = await store.enrol('Ann', sample(2));
    const refused = { code: 'people.last-picture', message: /the only picture of Ann.*forget/ };
    await assert.rejects(store.removePicture(id, wrong?.id ?? ''), refused);
    await store.enrol('Ann', sample(1));
    await store.removePicture(id, wrong?.id ?? '');
    const [{ samples } = assert.fail()] = await store.list();
    assert.deepEqual(samples.map(({ descriptor }) => descriptor), [face(1)]);
    assert.ok((await readdir(path.join(folder, id))).every((name) => !name.startsWith(wrong?.id ?? '')));
    for (const gone of [wrong?.id ?? '', '../x', '0000000000000000'])
      await assert.rejects(store.removePicture(id, gone), { code: 'people.unknown' });
    await assert.rejects(store.removePicture(id, samples[0]?.id ?? ''), refused);
  });

  it('keep the last picture also where all are removed at once, by one process', async () => {
    const { id } = await store.enrol('Ann', sample(1));
    const { samples } = await store.enrol('Ann', sample(1, 1));
    const asked = await Promise.allSettled(samples.map((one) => store.removePicture(id, one.id)));
    assert.deepEqual(asked.map(({ status }) => status), ['fulfilled', 'rejected']);
    assert.deepEqual((await store.list()).map((person) => person.samples.length), [1]);
  });

  it('have names that can be seen, and are never part of a path', async () => {
    for (const name of ['', '   ', 'a\nb', 'a\u202Eb', 'x'.repeat(65), '\u0000']) {
      await assert.rejects(store.enrol(name, sample(1)), { code: 'people.name' }, JSON.stringify(name));
    }
    // what stands in an address is a step within it: nobody could be asked for, or forgotten, by such a name
    for (const name of ['.', ' .. ']) {
      await assert.rejects(store.enrol(name, sample(1)), { code: 'people.name', message: /no name in an address/ });
    }
    const { id: ann } = await store.enrol('Ann', sample(2));
    await assert.rejects(store.rename(ann, '..', NOW), { code: 'people.name' });
    await store.forget(ann, NOW);
    await store.enrol('../../etc/passwd', sample(1));
    assert.equal((await readdir(folder)).filter((one) => one !== 'forgotten').length, 1);
    for (const id of ['..', '../x', '']) await assert.rejects(store.forget(id, NOW), { code: 'people.unknown' });
  });

  it('are known by a bounded number of pictures', async () => {
    for (let count = 0; count < MOST_SAMPLES; count += 1) await store.enrol('Ann', sample(1, count));
    assert.equal((await store.enrol('Ann', sample(1, 3))).samples.length, MOST_SAMPLES, 'one that is there already');
    await assert.rejects(store.enrol('Ann', sample(1, MOST_SAMPLES)), { code: 'people.too-many' });
  });

  it('keep what is sound when a file is damaged, which is put aside and still forgotten', async () => {
    const { id } = await store.enrol('Ann', sample(1));
    const second = (await store.enrol('Ann', sample(1, 1))).samples[1];
    await writeFile(path.join(folder, id, `${second?.id ?? ''}.json`), '{"version":1,');
    assert.deepEqual((await store.list()).map(({ samples }) => samples.length), [1]);
    assert.match(damaged[0]?.place ?? '', /\.json\.broken-\d{8}T/);
    await writeFile(path.join(folder, id, 'person.json'), '[]');
    assert.deepEqual((await store.list()).map(({ name }) => name), [`unreadable ${id}`]);
    await store.forget(id, NOW);
    assert.deepEqual(await readdir(folder), ['forgotten']);
  });

  describe('described by another network', () => {
    /** As a version before this one wrote it: other numbers, and more of them. */
    const grownOld = async (id: string, picture: string): Promise<void> => {
      const file = path.join(folder, id, `${picture}.json`);
      const now = JSON.parse(await readFile(file, 'utf8')) as object;
      await writeFile(file, JSON.stringify({
        ...now, described_by: 'another', descriptor: Buffer.alloc(4096).toString('base64'),
      }));
    };

    it('are not compared with, are described anew from their pictures, and stay so', async () => {
      const ann = await store.enrol('Ann', sample(1));
      const bob = await store.enrol('Bob', sample(2));
      for (const { id, samples: [only] } of [ann, bob]) await grownOld(id, only?.id ?? '');
      assert.deepEqual((await store.list()).map(({ samples }) => samples[0]?.descriptor), [undefined, undefined]);
      assert.equal(await new KnownPeople(store).refresh(), 0);
      let asked = 0;
      const known = new KnownPeople(store);
      const count = await known.refresh((crop) => {
        assert.equal(Buffer.from(crop).toString(), 'jpeg');
        asked += 1;
        return Promise.resolve(asked === 1 ? face(1) : undefined); // of Bob's picture nothing can be said
      });
      assert.deepEqual([count, asked, known.nearest(face(1))], [1, 2, { name: 'Ann', similarity: 1 }]);
      assert.deepEqual((await store.list()).map(({ name, samples }) =>
        [name, samples[0]?.descriptor !== undefined, samples[0]?.taken]),
        [['Ann', true, 1_795_252_530_000], ['Bob', false, 1_795_252_530_000]]);
      assert.deepEqual(damaged, []);
    });

    it('do not get a picture back that is removed meanwhile', async () => {
      const { id, samples: [old] } = await store.enrol('Ann', sample(1));
      await store.enrol('Ann', sample(1, 1));
      await grownOld(id, old?.id ?? '');
      await new KnownPeople(store).refresh(async () => {
        await store.removePicture(id, old?.id ?? '');
        return face(1);
      });
      assert.deepEqual((await store.list()).map(({ samples }) => samples.length), [1]);
    });

    it('are not brought back when they are forgotten meanwhile', async () => {
      const ann = await store.enrol('Ann', sample(1));
      await grownOld(ann.id, ann.samples[0]?.id ?? '');
      const count = await new KnownPeople(store).refresh(async () => {
        await store.forget(ann.id, NOW);
        return face(1);
      });
      assert.deepEqual([count, await readdir(folder)], [0, ['forgotten']]);
    });
  });

  it('tell another state after each change, whoever made it', async () => {
    const states = [await store.state()];
    const ann = await store.enrol('Ann', sample(1));
    states.push(await store.state());
    await new PeopleStore(folder, () => {}).enrol('Ann', sample(1, 1));
    states.push(await store.state());
    await store.forget(ann.id, NOW);
    states.push(await store.state());
    // nobody again
    assert.deepEqual(states.map((state, index) => states.indexOf(state) === index), [true, true, true, false]);
    assert.equal(states[3], states[0]);
  });
});
