/**
 * A sign of life every few seconds that costs the disk nothing: a file in memory, which outlives this process but not
 * the device. So the next start knows to the second when a process was killed, and that a device was off.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';

/** Where Linux keeps files in memory, for every program. */
const MEMORY = '/dev/shm';

export class Pulse {
  readonly #file: string;
  /**
   * @param dataFolder - Names the device, of those that may run here.
   * @param memory - Where files are kept in memory.
   */
  constructor(dataFolder: string, memory = MEMORY) {
    const name = createHash('sha256').update(path.resolve(dataFolder)).digest('hex').slice(0, 16);
    this.#file = path.join(memory, `tyto-${process.getuid?.() ?? 0}-${name}`);
  }

  /**
   * Wall clock of the last beat before now, Unix milliseconds; undefined when the device was
   * off since, or has no such memory.
   */
  last(): number | undefined {
    try {
      return this.#open(constants.O_RDONLY, (handle) => {
        const at = Number(readFileSync(handle, 'utf8'));
        return Number.isSafeInteger(at) && at > 0 ? at : undefined;
      });
    } catch {
      return undefined;
    }
  }

  /** Where it cannot be written, the minute's word in the catalogue must do. */
  beat(at: number): void {
    try {
      this.#open(constants.O_RDWR | constants.O_CREAT, (handle) =>
        writeSync(handle, String(Math.round(at)).padStart(16, '0'), 0));
    } catch { /* see above */ }
  }

  /** Only a file of this user, and no link, is believed: the folder is everybody's. */
  #open<T>(flags: number, use: (handle: number) => T): T {
    const handle = openSync(this.#file, flags | constants.O_NOFOLLOW, 0o600);
    try {
      if (process.getuid !== undefined && fstatSync(handle).uid !== process.getuid()) throw new Error('it is not ours');
      return use(handle);
    } finally {
      closeSync(handle);
    }
  }
}
