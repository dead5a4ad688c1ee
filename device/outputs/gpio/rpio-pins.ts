/** Pins by the registers of the Raspberry Pi 1 to 4, for systems without libgpiod's tools. */
import { z } from 'zod';
import { DeviceError } from '../../core/errors.ts';
import { loadOptional } from '../../runtime/load-optional.ts';
import type { PinDriver } from './driver.ts';

/** Not there on most machines: the compiler must not look for it. */
const PACKAGE: string = 'rpio';
/**
 * rpio's watching for edges takes interrupts away from the kernel, which has hung boards: an input is read this often.
 */
const READ_EVERY_MS = 50;

const call = z.custom<(...args: readonly unknown[]) => unknown>((value) => typeof value === 'function');
const number = z.number();
const rpioModule = z.object({
  init: call, open: call, close: call, read: call, write: call, on: call,
  INPUT: number, OUTPUT: number, LOW: number, HIGH: number, PULL_OFF: number, PULL_UP: number,
  PULL_DOWN: number, PIN_PRESERVE: number,
});

/** @throws {DeviceError} `gpio.no-rpio` when the package is not there, or does not drive this board's pins. */
export async function openRpio(): Promise<PinDriver> {
  const found = await loadOptional(PACKAGE, () => import(PACKAGE));
  if (!found.ok) throw new DeviceError('gpio.no-rpio', found.reason);
  const outer = z.object({ default: z.unknown() }).safeParse(found.module);
  const parsed = rpioModule.safeParse(outer.success ? outer.data.default : found.module);
  if (!parsed.success)
    throw new DeviceError('gpio.no-rpio', 'this rpio is of another form than the one that Tyto knows');
  const rpio = parsed.data;
  // It goes on with pins that it only pretends to have: an alarm that does nothing, and says nothing.
  const warnings: string[] = [];
  rpio.on('warn', (message: unknown) => { warnings.push(String(message)); });
  try {
    rpio.init({ mapping: 'gpio', gpiomem: true, close_on_exit: false });
  } catch (cause) {
    throw new DeviceError('gpio.no-rpio', 'rpio does not know the pins of this board', { cause });
  }
  if (warnings.length > 0)
    throw new DeviceError('gpio.no-rpio', `rpio does not drive the pins of this board: ${warnings.join('; ')}`);
  const level = (on: boolean, active: 'high' | 'low'): number => (on === (active === 'high') ? rpio.HIGH : rpio.LOW);
  return {
    name: 'rpio',
    async output({ pin, active }) {
      rpio.open(pin, rpio.OUTPUT, level(false, active));
      return {
        async set(on) { rpio.write(pin, level(on, active)); },
        async [Symbol.asyncDispose]() {
          rpio.write(pin, level(false, active));
          rpio.close(pin, rpio.PIN_PRESERVE);
        },
      };
    },
    watch: ({ pin, active, bias }, onLevel, signal) => new Promise((resolve) => {
      rpio.open(pin, rpio.INPUT, { none: rpio.PULL_OFF, up: rpio.PULL_UP, down: rpio.PULL_DOWN }[bias]);
      let last: boolean | undefined;
      const look = (): void => {
        const on = (rpio.read(pin) === rpio.HIGH) === (active === 'high');
        if (on !== last) onLevel(on);
        last = on;
      };
      const timer = setInterval(look, READ_EVERY_MS);
      look();
      const stop = (): void => {
        clearInterval(timer);
        rpio.close(pin, rpio.PIN_PRESERVE);
        resolve();
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    }),
  };
}
