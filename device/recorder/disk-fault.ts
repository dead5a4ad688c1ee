/** What the disk refused, in words that say what to do: the one place where its error codes are read. */
import { DeviceError, systemCode } from '../core/errors.ts';

const KEPT = 'what was recorded before is kept';

const GONE = `the folder or its disk is gone: it may have been unplugged or unmounted; ${KEPT}`;
const DENIED = 'access is denied; give the user that runs Tyto permission to read and write there';

const FAULTS: Readonly<Record<string, readonly [code: string, what: string]>> = {
  ENOSPC: ['recorder.disk-full', `the disk is full; free some space or use a larger disk; ${KEPT}`],
  EDQUOT: ['recorder.disk-full', `the disk quota is used up; free some space or raise the quota; ${KEPT}`],
  EROFS: ['recorder.read-only',
    `the disk is read-only: a failing card or disk often turns itself so; see what dmesg says, replace it, or mount it writable; ${KEPT}`],
  EIO: ['recorder.disk-error',
    `the disk reports an error: it may be failing or unplugged; see what dmesg says and replace it; ${KEPT}`],
  ENOENT: ['recorder.disk-gone', GONE],
  ENODEV: ['recorder.disk-gone', GONE],
  ENXIO: ['recorder.disk-gone', GONE],
  EACCES: ['recorder.denied', DENIED],
  EPERM: ['recorder.denied', DENIED],
};

/**
 * @param file - The file or folder that was being read or written.
 * @returns `cause` as a DeviceError; one that already is a DeviceError is returned as it is.
 */
export function diskFault(cause: unknown, file: string): DeviceError {
  if (cause instanceof DeviceError) return cause;
  const known = FAULTS[systemCode(cause) ?? ''];
  const [code, what] = known ?? ['recorder.write-failed', 'it cannot be read or written'];
  return new DeviceError(code, `${file}: ${what}`, { cause });
}
