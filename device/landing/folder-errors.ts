import { ConfigError, DeviceError, systemCode, TytoError } from '../core/errors.ts';

/** What a failure of the file system under `root` means, in our terms. Ours and aborts pass as they are. */
export function folderError(cause: unknown, root: string): unknown {
  if (cause instanceof TytoError) return cause;
  switch (systemCode(cause)) {
    case undefined: case 'ABORT_ERR': return cause;
    case 'ENOSPC': case 'EDQUOT':
      return new DeviceError(
        'landing.full', `no space left for uploads in ${root}: free some, or name another folder`, { cause },
      );
    case 'EACCES': case 'EPERM': case 'EROFS':
      return new ConfigError('landing.folder-refused',
        `${root} cannot be written or read by this user: change its owner or mode`, { cause });
    case 'ENOTDIR': case 'EEXIST':
      return new ConfigError('landing.not-a-folder',
        `${root} must be a folder for uploads, with folders only where a key needs one`, { cause });
    default:
      return new DeviceError('landing.folder-failed', `the folder for uploads ${root} failed`, { cause });
  }
}

export const folderMissing = (root: string): DeviceError => new DeviceError('landing.folder-missing',
  `the folder for uploads ${root} is not there: mount the disk or share it is on, or create it`);
