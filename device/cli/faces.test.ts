import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { basicEnvironment } from '../../test/basic-environment.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const DATA = fileURLToPath(new URL('../../../shared/data/faces/', import.meta.url));

interface Ran { readonly code: number; readonly out: string; readonly err: string }

describe('tyto faces and tyto people', function () {
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-faces-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  const tyto = (...args: string[]): Promise<Ran> => new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], {
      cwd: folder, env: { ...basicEnvironment(), TYTO_DATA: path.join(folder, 'data') },
    },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }));
  });

  it('prints a line for each picture that is one, names what is none, and ends with 1', async () => {
    await writeFile(
      path.join(folder, 'gray.pgm'), Buffer.concat([Buffer.from('P5 80 60 255\n'), Buffer.alloc(80 * 60, 128)]),
    );
    await writeFile(path.join(folder, 'notes.txt'), 'no picture');
    const { code, out, err } = await tyto('faces', 'gray.pgm', 'notes.txt', './gray.pgm', '--json');
    assert.equal(out, '{"file":"gray.pgm","faces":[]}\n{"file":"./gray.pgm","faces":[]}\n');
    assert.match(err, /^tyto: notes\.txt is no picture: expected JPEG/);
    assert.equal(code, 1);
  });

  it('looks at what there is of a photograph that is cut off, says so, and ends with 1', async () => {
    const whole = execFileSync('ffmpeg', [
      '-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=640x480', '-frames:v', '1', '-f', 'mjpeg', 'pipe:1',
    ]);
    await writeFile(path.join(folder, 'cut.jpg'), whole.subarray(0, whole.length / 3));
    const { code, out, err } = await tyto('faces', 'cut.jpg');
    assert.deepEqual([code, out], [1, '{"file":"cut.jpg","faces":[]}\n']);
    assert.equal(err, 'tyto: cut.jpg is cut off: faces in the part that is missing are not found\n');
  });

  it('explain themselves, and refuse what they do not know', async () => {
    assert.match((await tyto('faces', '--help')).out, /^Usage: tyto faces IMAGE/);
    assert.match((await tyto('people', '--help')).out, /^Usage: tyto people \[list\]/);
    assert.equal((await tyto('faces')).code, 64);
    assert.equal((await tyto('people', 'praise', 'Ann')).code, 64);
    assert.match((await tyto('people', 'forget', 'Ann')).err, /nobody is called Ann/);
    const nobody = await tyto('people', 'list');
    assert.equal(nobody.out, 'Nobody has been named.\n');
    assert.match(nobody.err, /^tyto: there is no data folder \S+\/data; set TYTO_DATA to that of the device/);
    assert.equal((await tyto('people')).out, 'Nobody has been named.\n', 'as `tyto uploads` lists, too');
  });

  it('know a person from a picture, and forget the person', async function () {
    if (!existsSync(DATA)) this.skip(); // ../shared/data is not here: photographs are not part of the product
    const enrolled = await tyto(
      'people', 'enrol', 'Ann', `${DATA}human-person-vlado.jpg`, `${DATA}dlib-2009_004587.jpg`, `${DATA}neg-dog.jpg`,
    );
    assert.match(enrolled.out, /^Ann: known by 1 picture, now also .*vlado\.jpg\n$/);
    assert.match(enrolled.err, /2 faces were found in .*\n.*no face was found in .*neg-dog\.jpg/);
    assert.equal(enrolled.code, 1);
    const { people } = JSON.parse((await tyto('people', 'list', '--json')).out) as {
      people: { name: string; samples: { source: object }[] }[];
    };
    assert.deepEqual(people.map(({ name, samples }) => [name, samples.map(({ source }) => source)]),
      [['Ann', [{ kind: 'file', name: 'human-person-vlado.jpg' }]]]);
    await copyFile(`${DATA}human-person-vlado.jpg`, path.join(folder, 'copy.jpg'));
    const again = await tyto('people', 'enrol', 'Ann', 'copy.jpg');
    assert.deepEqual([again.code, again.out], [0, 'Ann: copy.jpg is known already; known by 1 picture\n']);
    const list = await tyto('people');
    const [, sample = ''] = /^Ann: 1 picture\n {2}([0-9a-f]{16}) {2}\d{4}-\d\d-\d\d {2}file human-person-vlado\.jpg\n$/
      .exec(list.out) ?? assert.fail(list.out);
    const only = await tyto('people', 'remove', 'Ann', sample);
    assert.match(only.err, /the only picture of Ann/);
    assert.match((await tyto('people', 'remove', 'Ann', 'x')).err, /`tyto people list` shows them/);
    const other = await tyto('people', 'enrol', 'Ann', `${DATA}human-person-lexi.jpg`);
    assert.equal(other.code, 0);
    const [, doubted = ''] =
      /lexi\.jpg is like none of the other pictures of Ann; .* type: tyto people remove Ann ([0-9a-f]{16})\n$/
        .exec(other.err) ?? assert.fail(other.err);
    assert.match((await tyto('people')).out, new RegExp(`${doubted} .*like none of the others: remove it if it does`));
    const [person = ''] = await readdir(path.join(folder, 'data', 'people'));
    const file = path.join(folder, 'data', 'people', person, `${sample}.json`);
    const told = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...told, source: { kind: 'event', name: '1795252530.123456-k3x9ab/0' } }));
    const away = await tyto('people', 'remove', 'Ann', sample);
    assert.deepEqual([away.code, /came from an event.*nothing was removed: start it/.test(away.err)], [69, true]);
    await writeFile(file, JSON.stringify(told));
    const removed = await tyto('people', 'remove', 'Ann', sample);
    assert.deepEqual([removed.code, removed.out], [0, 'Ann is not known by this picture any more.\n']);
    const forgotten = await tyto('people', 'forget', 'ann');
    assert.equal(forgotten.out, 'Ann is forgotten; recorded events follow when the device runs.\n');
    assert.deepEqual(await readdir(path.join(folder, 'data', 'people')), ['forgotten']);
  });
});
