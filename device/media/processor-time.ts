/** How long a process has really worked, however many others wanted the processor meanwhile. */
import { readFileSync } from 'node:fs';
import { millis, type Millis } from '../core/units.ts';

/** Linux tells times to programs in hundredths of a second, whatever it counts in itself (USER_HZ). */
const MS_PER_TICK = 10;
/** Of `utime` and `stime` behind the command's name (proc_pid_stat(5), fields 14 and 15; the name is the second). */
const [UTIME, STIME] = [11, 12];

/**
 * Processor time that process `pid` has used in all its threads, in steps of 10 ms; undefined when there is no such
 * process, or the system does not tell (it does on Linux). Synchronous: /proc is no disk.
 */
export function processorTimeOf(pid: number): Millis | undefined {
  let stat: string;
  try { stat = readFileSync(`/proc/${pid}/stat`, 'latin1'); } catch { return undefined; }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[UTIME]) + Number(fields[STIME]);
  return Number.isFinite(ticks) ? millis(ticks * MS_PER_TICK) : undefined;
}
