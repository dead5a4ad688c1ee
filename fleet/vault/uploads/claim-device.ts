import { HttpError } from '../../../device/http/http-error.ts';
import type { VaultIndex } from '../ports.ts';
import type { Registry } from '../registry/registry.ts';

/**
 * Notes that `account` uses `device`: it is its own from the first time on. A name under which the library has
 * something already is somebody's, such as a device that puts straight into the store of the landing: whoever took it
 * would be shown what comes from there. Only the owner gives such a device to an account, by making a key for it.
 * @throws {HttpError} 400, 409
 */
export async function claimDevice(
  device: string, account: string, { registry, index }: { readonly registry: Registry; readonly index: VaultIndex },
): Promise<void> {
  if (registry.device(device) === undefined) {
    const found = await index.accountOf(device);
    if (found !== undefined && found !== account)
      throw new HttpError(
        409, 'vault.device-taken', `the device "${device}" is somebody else's; give this one another name`,
      );
  }
  registry.claim(device, account);
}
