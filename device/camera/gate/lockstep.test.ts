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

  it('do not wait for ever: after a second without any picture somebody else may say what to do', async () => {
    let waits = true;
    const lockstep = new Lockstep();
    const waiting = lockstep.handOutWhile(() => waits, () => { waits = false; });
    for (let tenth = 0; tenth < 9; tenth++) {
      lockstep.tick();
      await turn();
    }
    assert.ok(waits);
    lockstep.tick();
    await waiting;
    assert.ok(!waits);
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

  it('have nothing to wait for at the end of the file', () => {
    const shown: number[] = [];
    const lockstep = new Lockstep();
    lockstep.put(() => shown.push(1));
    lockstep.end();
    lockstep.put(() => shown.push(2));
    assert.deepEqual(shown, [1, 2]);
  });
});
