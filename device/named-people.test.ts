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
      return Promise.resolve({ descriptor: new Float32Array(DESCRIPTOR_LENGTH), crop: Buffer.from('jpeg') });
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
