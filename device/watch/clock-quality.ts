import { existsSync } from 'node:fs';
import type { Millis } from '../core/units.ts';

/** Where systemd's time service says that it has set the clock. */
const SYNCHRONIZED = '/run/systemd/timesync/synchronized';
/** The clock of a Pi without battery begins in the past; no true time lies before this program was written. */
const WRITTEN: number = Date.parse('2026-11-01T00:00:00Z');

/**
 * Whether the wall clock can be believed: the system says so, or at least it does not
 * contradict this program's own age.
 */
export const clockIsSynced = (now: Millis): boolean => existsSync(SYNCHRONIZED) || now >= WRITTEN;
