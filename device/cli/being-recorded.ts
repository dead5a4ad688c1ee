import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { ArchiveReader } from '../archive/archive-reader.ts';
import { silentLog } from '../core/log.ts';
import { seconds } from '../core/units.ts';
import { archiveSocketPath } from '../live/socket-path.ts';

const ANSWERS_WITHIN = seconds(2);

/**
 * Whether a device is recording this file at the moment: it lies in the media of a data folder (`media/<day>`), whose
 * catalogue says so, and whose device runs. Where that cannot be told it is not.
 */
export async function isBeingRecorded(file: string): Promise<boolean> {
  const data = path.resolve(path.dirname(file), '..', '..');
  try {
    using reader = new ArchiveReader(path.join(data, 'archive.db'), silentLog);
    return reader.view.recording(path.basename(file))?.state === 'writing' && await runs(data);
  } catch {
    return false; // the catalogue is another user's, or another version's: what is said of the file stays true
  }
}

/** Whether anybody listens where a running device does. */
async function runs(data: string): Promise<boolean> {
  const socket = connect(archiveSocketPath(data));
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(ANSWERS_WITHIN) });
    return true;
  } finally {
    socket.destroy();
  }
}
