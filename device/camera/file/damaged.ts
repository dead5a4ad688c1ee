import { DeviceError } from '../../core/errors.ts';
import { redactAddresses } from '../../core/redact-addresses.ts';

/** What ffmpeg's last word means that did not come to the end of `file`. */
export function damaged(file: string, complaint: string, exitCode: number): DeviceError {
  const why = redactAddresses(complaint).split('\n').at(-1) || `ffmpeg ended with ${exitCode}`;
  return new DeviceError('camera.damaged', `${file} cannot be decoded to its end: ${why}`);
}
