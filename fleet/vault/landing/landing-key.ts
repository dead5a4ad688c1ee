/** Where a device may put. */
import { answersFolder, requestsFolder } from '../../../device/contract/mail.ts';
import { devicePrefix } from '../../../device/contract/names.ts';
import { HttpError } from '../../../device/http/http-error.ts';

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const LONGEST = 900;

/**
 * Holds a key to what a device may write: below its own prefix, and not where the fleet writes to it.
 * @throws {HttpError} 400 `landing.key-invalid`, 403 `landing.foreign-key`
 */
export function checkDeviceKey(key: string, device: string): string {
  const isSound = key.length <= LONGEST
    && !key.endsWith('.part')
    && key.split('/').every((segment) => SEGMENT.test(segment));
  if (!isSound) {
    throw new HttpError(
      400, 'landing.key-invalid',
      'a key has segments of letters, digits, ".", "_" and "-" that begin with a letter or digit, at most 200 characters each, divided by "/"',
    );
  }
  if (!key.startsWith(devicePrefix(device)))
    throw foreign(`this key is of the device "${device}": it puts below ${devicePrefix(device)} only`);
  if ([answersFolder(device), requestsFolder(device)].some((folder) => key.startsWith(folder)))
    throw foreign('what the fleet tells a device is written by the fleet alone');
  return key;
}

/** @throws {HttpError} 400, 403 */
export function checkDevicePrefix(prefix: string, device: string): string {
  if (!prefix.startsWith(devicePrefix(device)))
    throw foreign(`this key is of the device "${device}": it lists below ${devicePrefix(device)} only`);
  if (prefix.length <= LONGEST && /^[A-Za-z0-9._/-]*$/.test(prefix) && !prefix.includes('..')) return prefix;
  throw new HttpError(400, 'landing.key-invalid', 'a prefix is the beginning of a key');
}

const foreign = (message: string): HttpError => new HttpError(403, 'landing.foreign-key', message);
