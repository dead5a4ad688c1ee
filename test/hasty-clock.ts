import { millis } from '../device/core/units.ts';
import { systemClock, type Clock } from '../device/runtime/clock.ts';

/** Pauses are a fiftieth of what they are. */
export const hastyClock: Clock = {
  ...systemClock, wait: (duration, signal) => systemClock.wait(millis(duration / 50), signal),
};
