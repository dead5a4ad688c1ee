import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { Log } from '../core/log.ts';
import type { Clock } from '../runtime/clock.ts';
import type { PinDriver } from './gpio/driver.ts';
import type { Pictures } from './pictures.ts';
import type { Words } from './words.ts';

/** Starts a program that gains no rights and dies with this process, in a process group of its own. */
export type StartProgram = (command: string, args: readonly string[], options: {
  readonly stdio: StdioOptions; readonly env: Readonly<Record<string, string>>;
}) => ChildProcess;

/** What outputs are made of, as far as they need it. */
export interface OutputParts {
  readonly words: Words;
  readonly pictures: Pictures;
  /** Resolves when the broker has it. */
  readonly publish: (topic: string, payload: string, retain: boolean) => Promise<void>;
  readonly startProgram: StartProgram;
  /** Chosen at the start, for all pins. */
  readonly pins: () => Promise<PinDriver>;
  readonly clock: Clock;
  readonly log: Log;
}
