import assert from 'node:assert/strict';
import { hours, millis, minutes, type Millis } from '../core/units.ts';
import { restOffer, watchedPlaces } from './rest-offer.ts';

describe('the uploader\'s rest', () => {
  let idle: { for: Millis; looks: number } | undefined;
  let stamp: string;
  let ask: () => ReturnType<ReturnType<typeof restOffer>>;
  beforeEach(() => {
    idle = { for: millis(Infinity), looks: 0 };
    stamp = 'as it was';
    const offer = restOffer({ get idle() { return idle; } }, ['/data/uploads.db.bell'], () =>
      ({ '/data/uploads.db.bell': stamp }));
    ask = () => {
      if (idle !== undefined) idle = { ...idle, looks: idle.looks + 2 };
      return offer();
    };
  });
  const asked = (times: number) => Array.from({ length: times }, () => ask()).map((offer) => offer?.terms?.longest);

  it('is offered when it has looked again and again and found nothing, with what its places looked like before that', () => {
    assert.deepEqual(asked(1), [undefined]);
    assert.deepEqual(ask(), {
      taken: 0, terms: { longest: minutes(15), watched: { '/data/uploads.db.bell': 'as it was' } },
    });
  });

  it('waits until what has come since was looked at', () => {
    asked(1);
    stamp = 'rung';
    assert.deepEqual(asked(2), [undefined, minutes(15)]);
    stamp = 'rung again';
    idle = { for: millis(Infinity), looks: 100 };
    const stuck = restOffer({ get idle() { return idle; } }, ['x'], () => ({ x: stamp }));
    assert.deepEqual(
      [stuck(), stuck(), stuck(), stuck(), stuck()],
      Array.from({ length: 5 }, () => undefined), 'nobody has looked meanwhile',
    );
  });

  it('ends when something is due, and is none when that is soon', () => {
    idle = { for: minutes(10), looks: 0 };
    assert.equal(asked(4).at(-1), minutes(10));
    idle = { for: minutes(2), looks: 100 };
    assert.deepEqual(asked(4), [undefined, undefined, undefined, undefined]);
    idle = { for: hours(3), looks: 200 };
    assert.equal(asked(1)[0], minutes(15));
  });

  it('is none while there is something to do', () => {
    asked(1);
    idle = undefined;
    assert.equal(ask(), undefined);
    idle = { for: millis(Infinity), looks: 50 };
    assert.deepEqual(asked(2), [undefined, minutes(15)]);
  });

  it('hears a fleet that writes to a folder of this machine, and asks all others', () => {
    const landing = {
      put: () => Promise.resolve(), list: () => Promise.resolve({ entries: [], unreadable: [], next: undefined }),
    };
    const stores = [{ name: 'a', landing, folder: '/disk' }, { name: 'b', landing }, undefined];
    assert.deepEqual(watchedPlaces({
      uploads: '/data/uploads.db', settings: '/data/config.json', device: 'yard', stores,
    }),
      ['/data/uploads.db.bell', '/data/config.json', '/disk/yard/answers', '/disk/yard/requests']);
  });
});
