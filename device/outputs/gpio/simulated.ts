/** Pins of a machine that has none: what would happen is logged. */
import type { Log } from '../../core/log.ts';
import type { OutputPin, PinDriver, Wire } from './driver.ts';

export const simulatedPins = (log: Log): PinDriver => ({
  name: 'simulated',
  async output(wire) { return simulatedPin(wire, log); },
  watch: (_wire, onLevel, signal) => new Promise((resolve) => {
    onLevel(false);
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  }),
});

function simulatedPin({ chip, pin }: Wire, log: Log): OutputPin {
  return {
    async set(on) { log.info(`a simulated pin is ${on ? 'on' : 'off'}`, { chip, pin }); },
    async [Symbol.asyncDispose]() {},
  };
}
