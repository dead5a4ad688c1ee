import { inSeconds } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import type { StateView } from '../contract/device-api.ts';
import type { DeviceBus } from './ports.ts';

/** Who the device is, as it is shown. */
export interface DeviceFacts { readonly device: string; readonly version: string }

export const stateView = ({ device, version }: DeviceFacts, bus: DeviceBus, clock: Clock): StateView => ({
  device, camera: bus.camera() ?? null, armed: bus.armed() ?? null, arming: bus.arming() ?? null,
  storage: bus.storage() ?? null, manual: bus.manual() ?? null, version, time: inSeconds(clock.now()),
});

/** What of a state people see: counters that run all the time are no news, nor is how many pictures are decoded. */
export function newsOf({ camera, armed, arming, storage, manual }: StateView): string {
  return JSON.stringify([camera === null ? null
    : { ...camera, framesAnalysed: 0, framesDropped: 0, decoding: null }, armed, arming, storage?.alarms, manual]);
}
