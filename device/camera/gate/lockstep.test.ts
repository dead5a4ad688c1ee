import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { Lockstep } from './lockstep.ts';

describe('the reader of a file, its decoder and vision', () => {
  it('get no picture before the reader must wait for one, and no more than it waits for', async () => {
    const shown: number[] = [];
    const lockstep = new Lockstep();
    for (const picture of [1, 2, 3]) lockstep.put(() => shown.push(picture));
    assert.deepEqual([shown, lockstep.hasArrived], [[], true]);
    await lockstep.handOutWhile(() => shown.length < 2, assert.fail);
    assert.deepEqual(shown, [1, 2]);
  });

  it('take turns: vision says what it sees in a picture before the next is handed out', async () => {
    const done: string[] = [];
    const lockstep = new Lockstep(async () => {
      await turn();
      done.push('seen');
    });
    for (const picture of ['first', 'second']) lockstep.put(() => done.push(picture));
    await lockstep.handOutWhile(() => done.length < 4, assert.fail);
    assert.deepEqual(done, ['first', 'seen', 'second', 'seen']);
  });

  it('wait for a picture that is to come', async () => {
    let shown = false;
    const lockstep = new Lockstep();
    const waiting = lockstep.handOutWhile(() => !shown, assert.fail);
    await turn();
    lockstep.put(() => { shown = true; });
    await waiting;
    assert.ok(shown);
  });

  it('do not wait for ever: after two seconds without any picture help is asked for, then every fifth of a second until one comes', async () => {
    let asked = 0;
    const lockstep = new Lockstep();
    const tenths = async (count: number): Promise<number> => {
      for (let tenth = 0; tenth < count; tenth++) {
        lockstep.tick();
        await turn();
      }
      return asked;
    };
    const waiting = lockstep.handOutWhile(() => asked < 4, () => { asked++; });
    assert.deepEqual([await tenths(19), await tenths(1), await tenths(1), await tenths(1)], [0, 1, 1, 2]);
    lockstep.put(() => {});
    await turn();
    assert.deepEqual([await tenths(19), await tenths(1), await tenths(2)], [2, 3, 4]);
    await waiting;
  });

  it('hand out nothing while the decoder has enough to do', async () => {
    let flooded = true;
    const lockstep = new Lockstep();
    const waiting = lockstep.holdWhile(() => flooded);
    lockstep.put(assert.fail);
    await turn();
    flooded = false;
    lockstep.wake();
    await waiting;
    assert.ok(lockstep.hasArrived);
  });

  it('look at what has arrived when the file ends, one by one, and at what comes meanwhile later', async () => {
    const done: string[] = [];
    const lockstep = new Lockstep(async () => {
      await turn();
      done.push('seen');
    });
    lockstep.put(() => {
      done.push('first');
      lockstep.put(() => done.push('third'));
    });
    lockstep.put(() => done.push('second'));
    await lockstep.handOutArrived();
    assert.deepEqual([done, lockstep.hasArrived], [['first', 'seen', 'second', 'seen'], true]);
  });

  it('are of no concern to a live camera: each picture is handed out as it comes', () => {
    const shown: number[] = [];
    const lockstep = new Lockstep();
    lockstep.release();
    lockstep.put(() => shown.push(1));
    assert.deepEqual([shown, lockstep.hasArrived], [[1], false]);
  });
});
