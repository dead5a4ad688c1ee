/**
 * What moves the pins of this machine. A Raspberry Pi whose pins cannot be had is told of, never simulated: an
 * alarm must not do nothing in silence.
 */
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { describeError, DeviceError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { StartProgram } from '../parts.ts';
import type { PinDriver } from './driver.ts';
import { openLibgpiod } from './libgpiod.ts';
import { openRpio } from './rpio-pins.ts';
import { simulatedPins } from './simulated.ts';

export type GpioDriver = 'auto' | 'libgpiod' | 'rpio' | 'simulated';

/** @throws {DeviceError} `gpio.no-driver` and what `openLibgpiod` and `openRpio` throw. */
export async function pickDriver(wanted: GpioDriver, start: StartProgram, log: Log): Promise<PinDriver> {
  const driver = await open(wanted, start, log);
  if (driver.name === 'simulated') log.warn('pins are simulated: nothing is switched, what would be is logged');
  else log.info('pins are moved', { by: driver.name });
  return driver;
}

async function open(wanted: GpioDriver, start: StartProgram, log: Log): Promise<PinDriver> {
  switch (wanted) {
    case 'libgpiod': return openLibgpiod({ start });
    case 'rpio': return openRpio();
    case 'simulated': return simulatedPins(log);
    case 'auto': return openBest(start, log);
  }
}

async function openBest(start: StartProgram, log: Log): Promise<PinDriver> {
  const hasChip = existsSync('/dev/gpiochip0');
  const model = await readFile('/proc/device-tree/model', 'utf8').catch(() => '');
  const reasons: string[] = [];
  const tried = (error: unknown): undefined => { reasons.push(describeError(error)); };
  const byTools = hasChip ? await openLibgpiod({ start }).catch(tried) : undefined;
  if (byTools !== undefined) return byTools;
  const isPi = model.startsWith('Raspberry Pi');
  const byRegisters = isPi && !model.startsWith('Raspberry Pi 5') ? await openRpio().catch(tried) : undefined;
  if (byRegisters !== undefined) return byRegisters;
  if (!hasChip && !isPi) return simulatedPins(log);
  if (!hasChip) reasons.unshift('/dev/gpiochip0 is not there; give it to the container');
  throw new DeviceError('gpio.no-driver', `the pins of this board cannot be moved: ${reasons.join('; ')}`);
}
