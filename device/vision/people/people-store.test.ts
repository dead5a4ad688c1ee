import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { millis } from '../../core/units.ts';
import { describe as describeFeatures, DESCRIPTOR_LENGTH, type Descriptor } from './descriptor.ts';
import { KnownPeople } from './known-people.ts';
import { MOST_SAMPLES, PeopleStore, type DamagedFile, type NewSample } from './people-store.ts';

/** A face that is like those with the same `who`, and like no other. */
const face = (who: number): Descriptor =>
  describeFeatures(Float32Array.from({ length: DESCRIPTOR_LENGTH }, (_, index) => index % 16 === who ? 5 : 0.01));
const sample = (who: number): NewSample =>
  ({ descriptor: face(who), crop: Buffer.from('jpeg'), source: { kind: 'event', name: '1795252530.123456-k3x9ab' }, taken: millis(1_795_252_530_000) });

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

  it('are known by their pictures, under one name however it is written', async () => {
    const { id } = await store.enrol('Zoë  Ball', sample(1));
    await store.enrol(' ZOË ball', sample(1));
    const people = await new PeopleStore(folder, () => {}).list();
    assert.deepEqual(people.map((person) => [person.id, person.name, person.samples.length]), [[id, 'Zoë Ball', 2]]);
    const [kept] = people[0]?.samples ?? [];
    assert.deepEqual(kept?.source, { kind: 'event', name: '1795252530.123456-k3x9ab' });
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
    await store.forget(ann.id);
    assert.deepEqual((await store.list()).map(({ name }) => name), ['Bob']);
    const left = await readdir(folder, { recursive: true });
    assert.ok(left.length > 0 && left.every((name) => !name.includes(ann.id)));
    await assert.rejects(store.forget(ann.id), { code: 'people.unknown' });
  });

  it('can be given another name, but not that of somebody else', async () => {
    const ann = await store.enrol('Ann', sample(1));
    await store.enrol('Bob', sample(2));
    await store.rename(ann.id, 'Anna');
    await assert.rejects(store.rename(ann.id, 'bob'), { code: 'people.taken' });
    assert.deepEqual((await store.list()).map(({ name }) => name), ['Anna', 'Bob']);
  });

  it('have names that can be seen, and are never part of a path', async () => {
    for (const name of ['', '   ', 'a\nb', 'a\u202Eb', 'x'.repeat(65), '\u0000']) {
      await assert.rejects(store.enrol(name, sample(1)), { code: 'people.name' }, JSON.stringify(name));
    }
    await store.enrol('../../etc/passwd', sample(1));
    assert.equal((await readdir(folder)).length, 1);
    for (const id of ['..', '../x', '']) await assert.rejects(store.forget(id), { code: 'people.unknown' });
  });

  it('are known by a bounded number of pictures', async () => {
    for (let count = 0; count < MOST_SAMPLES; count += 1) await store.enrol('Ann', sample(1));
    await assert.rejects(store.enrol('Ann', sample(1)), { code: 'people.too-many' });
  });

  it('keep what is sound when a file is damaged, which is put aside and still forgotten', async () => {
    const { id } = await store.enrol('Ann', sample(1));
    const second = (await store.enrol('Ann', sample(1))).samples[1];
    await writeFile(path.join(folder, id, `${second?.id ?? ''}.json`), '{"version":1,');
    assert.deepEqual((await store.list()).map(({ samples }) => samples.length), [1]);
    assert.match(damaged[0]?.place ?? '', /\.json\.broken-\d{8}T/);
    await writeFile(path.join(folder, id, 'person.json'), '[]');
    assert.deepEqual((await store.list()).map(({ name }) => name), [`unreadable ${id}`]);
    await store.forget(id);
    assert.deepEqual(await readdir(folder), []);
  });

  it('tell another state after each change, whoever made it', async () => {
    const states = [await store.state()];
    const ann = await store.enrol('Ann', sample(1));
    states.push(await store.state());
    await new PeopleStore(folder, () => {}).enrol('Ann', sample(1));
    states.push(await store.state());
    await store.forget(ann.id);
    states.push(await store.state());
    assert.deepEqual(states.map((state, index) => states.indexOf(state) === index), [true, true, true, false]); // nobody again
    assert.equal(states[3], states[0]);
  });
});
