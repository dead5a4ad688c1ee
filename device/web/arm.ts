import { seconds, type Millis } from '../core/units.ts';
import { HttpError } from '../http/http-error.ts';
import type { DeviceBus } from './ports.ts';
import { told } from './told.ts';

const ANSWER_WITHIN: Millis = seconds(3);

/**
 * Arms or disarms, and resolves when the device says that it is so.
 * @throws {HttpError} 409 `arming.managed` where the settings fix the switch; 503
 * `camera.no-answer` when it does not say so in time.
 */
export async function arm(bus: DeviceBus, on: boolean, within: Millis = ANSWER_WITHIN): Promise<void> {
  const arming = bus.arming();
  if (arming?.managed === true && arming.switch !== on) {
    throw new HttpError(
      409,
      'arming.managed',
      'the switch is fixed by the settings (arming.switch), perhaps by the fleet: it cannot be turned here',
    );
  }
  if (await told(bus, within, () => bus.armed() === on, () => bus.arm(on))) return;
  throw new HttpError(503, 'camera.no-answer',
    `the camera did not confirm that it is ${on ? 'armed' : 'disarmed'}; it may be starting, try again in a moment`,
    { retryAfter: 5 });
}
