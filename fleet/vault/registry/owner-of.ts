import type { TytoEvent } from '../../../device/contract/event.ts';
import { eventFolder } from '../../../device/contract/names.ts';
import type { Arrivals } from './arrivals.ts';
import type { Registry } from './registry.ts';

/**
 * Whose an event is that lies in the landing: of the account that uploaded it, or that the owner gave its device to;
 * undefined for nobody's. To have used a device's name first is not enough: a device that puts straight into the
 * landing's store may have the same name, and whoever guessed it would be shown what comes from there.
 */
export function ownerOf(
  event: TytoEvent, { registry, arrivals }: { readonly registry: Registry; readonly arrivals: Arrivals },
): string | undefined {
  const uploader = event.clip === null ? undefined : arrivals.accountOf(eventFolder(event) + event.clip.name);
  if (uploader !== undefined) return uploader;
  const device = registry.device(event.device);
  return device?.isGiven === true ? device.account : undefined;
}
