import assert from 'node:assert/strict';
import path from 'node:path';
import { temporaryFolder } from '../test/recording/events.ts';
import { DeviceError } from './core/errors.ts';
import { silentLog } from './core/log.ts';
import { namedPeople } from './named-people.ts';
import { DESCRIPTOR_LENGTH } from './vision/people/descriptor.ts';
import { NameChanges } from './vision/people/name-changes.ts';
import type { portraitInThread } from './vision/people/portrait-thread.ts';

const EVENT = '1795252530.123456-k3x9ab';
const take = () => Promise.resolve({ jpeg: Buffer.from('jpeg'), box: [0.1, 0.1, 0.2, 0.2] as const });

describe('people who are named on the page', () => {
  /** Every face is a portrait, and what is asked of the archive is written down. */
  const people = (folder: string, answer = (): Promise<undefined> => Promise.resolve(undefined)) => {
    const asked: string[] = [];
    const portraits: string[] = [];
    const portray: typeof portraitInThread = ({ name }) => {
      portraits.push(name);
      const descriptor = new Float32Array(DESCRIPTOR_LENGTH).fill(portraits.length);
      return Promise.resolve({ descriptor, crop: Buffer.from('jpeg') });
    };
    const archive = {
      changeNames: () => {
        asked.push('names');
        return answer();
      },
      nameFace: (event: string, face: number, name: string) => {
        asked.push(`${event}/${face} ${name}`);
        return answer();
      },
      unnameFace: (event: string, face: number, name: string) => {
        asked.push(`${event}/${face} not ${name}`);
        return answer();
      },
    };
    return { keeper: namedPeople(path.join(folder, 'people'), archive, silentLog, portray), asked, portraits };
  };

  it('are named in the event at once, and known by one face once, however often they are named in it', async () => {
    await using folder = await temporaryFolder();
    const { keeper, asked, portraits } = people(folder.path);
    await keeper.enrol(' Ada', { event: EVENT, face: 1 }, take);
    const { samples } = await keeper.enrol('ada', { event: EVENT, face: 1 }, take);
    assert.deepEqual([samples.length, portraits.length], [1, 1]);
    assert.deepEqual(asked, [`${EVENT}/1 Ada`, `${EVENT}/1 Ada`]);
    assert.equal((await keeper.enrol('Ada', { event: EVENT, face: 0 }, take)).samples.length, 2);
  });

  it('lose a wrong picture, and the name in the event that it came from: the face can be named anew', async () => {
    await using folder = await temporaryFolder();
    const { keeper, asked } = people(folder.path);
    const { id, samples: [wrong] } = await keeper.enrol('Ada', { event: EVENT, face: 1 }, take);
    await assert.rejects(keeper.removePicture(id, wrong?.id ?? ''), { code: 'people.last-picture' });
    await keeper.enrol('Ada', { event: EVENT, face: 0 }, take);
    await keeper.removePicture(id, wrong?.id ?? '');
    assert.deepEqual(asked.slice(2), [`${EVENT}/1 not Ada`]);
    assert.deepEqual((await keeper.list()).map(({ samples }) => samples.map(({ event }) => event)), [[EVENT]]);
  });

  it('are doubted by the picture that is like none of the others, which may be of somebody else', async () => {
    await using folder = await temporaryFolder();
    const { keeper } = people(folder.path);
    const first = await keeper.enrol('Ada', { event: EVENT, face: 0 }, take);
    const second = await keeper.enrol('Ada', { event: EVENT, face: 1 }, take);
    const doubts = [first, second].map(({ samples }) => samples.map(({ unlike }) => unlike));
    assert.deepEqual(doubts, [[false], [true, true]]);
  });

  it('keep the last picture and its name in the event, where all pictures are removed at once', async () => {
    await using folder = await temporaryFolder();
    const { keeper, asked } = people(folder.path);
    await keeper.enrol('Ada', { event: EVENT, face: 0 }, take);
    const { id, samples } = await keeper.enrol('Ada', { event: EVENT, face: 1 }, take);
    const said = await Promise.allSettled(samples.map((one) => keeper.removePicture(id, one.id)));
    assert.deepEqual(said.map(({ status }) => status), ['fulfilled', 'rejected']);
    assert.equal((await keeper.list())[0]?.samples.length, 1);
    assert.equal(asked.slice(2).length, 1, 'one face lost its name');
  });

  it('are asked for a picture once, however often the button is pressed while that takes long', async () => {
    await using folder = await temporaryFolder();
    const { keeper, portraits } = people(folder.path);
    const press = () => keeper.enrol('Ada', { event: EVENT, face: 1 }, take);
    const answers = await Promise.all([press(), press(), press()]);
    assert.deepEqual([answers.map(({ samples }) => samples.length), portraits.length], [[1, 1, 1], 1]);
  });

  it('keep the picture where the event cannot be told now, so that nothing is undone by half', async () => {
    await using folder = await temporaryFolder();
    const away = (): Promise<undefined> => Promise.reject(new DeviceError('archive.no-answer', 'it is away'));
    const { keeper } = people(folder.path, away);
    const { id, samples: [wrong] } = await keeper.enrol('Ada', { event: EVENT, face: 1 }, take);
    await keeper.enrol('Ada', { event: EVENT, face: 0 }, take);
    await assert.rejects(keeper.removePicture(id, wrong?.id ?? ''), { code: 'archive.no-answer' });
    assert.equal((await keeper.list())[0]?.samples.length, 2);
  });

  it('are known, renamed and forgotten although the camera\'s process does not answer; events follow later', async () => {
    await using folder = await temporaryFolder();
    const { keeper } = people(folder.path, () => Promise.reject(new DeviceError('archive.no-answer', 'it is away')));
    const { id } = await keeper.enrol('Lexi', { event: EVENT, face: 0 }, take);
    assert.equal(await keeper.rename(id, 'Alexandra'), 'later');
    assert.equal(await keeper.forget(id), 'later');
    const changes = await new NameChanges(path.join(folder.path, 'people')).list(assert.ifError);
    assert.deepEqual(changes.map(({ name, to }) => `${name} ${to}`).sort(),
      ['Alexandra null', 'Lexi Alexandra', 'Lexi null']);
  });
});
