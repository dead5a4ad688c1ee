import assert from 'node:assert/strict';
import { eventually } from '../../test/eventually.ts';
import { CameraHost } from './camera-host.ts';

describe('camera host', () => {
  it('opens the camera anew when it is to know something else, and stops when told', async () => {
    const log: string[] = [];
    let knows = 'nothing';
    const host = new CameraHost<string[]>(async () => {
      log.push(`opened knowing ${knows}`);
      return {
        run: (sink, signal) => new Promise((resolve) => {
          sink.push('runs');
          signal.addEventListener('abort', () => { sink.push('ends'); resolve(); }, { once: true });
        }),
      };
    });
    const stop = new AbortController();
    const running = host.run(log, stop.signal);
    await eventually('it runs', () => log.at(-1) === 'runs');
    knows = 'a mask';
    host.renew();
    await eventually('it runs again', () => log.length === 5);
    stop.abort();
    await running;
    assert.deepEqual(log, ['opened knowing nothing', 'runs', 'ends', 'opened knowing a mask', 'runs', 'ends']);
  });
});
