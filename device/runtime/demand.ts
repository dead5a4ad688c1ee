/** A child, a process or a thread, that need not always be there: what it is started for, and when it may rest. */
import type { ChildProcess } from 'node:child_process';
import type { RestTerms } from './rest-terms.ts';

/** What a child says that has nothing to do. */
export interface RestWord {
  readonly type: 'rest';
  /** How much it was given since it started, counted by itself: should more be on its way, it must not end. */
  readonly taken: number;
  /** Until when there is nothing to do, where it knows. */
  readonly terms?: RestTerms;
}

/** Who asks for the child. One child at a time: `begin`, `serve`, and then `release` that says yes, or `lost`. */
export interface Demand {
  /** Before each start. @throws {ConfigError} When it cannot be served; the child counts as refusing to start. */
  prepare(): Promise<void>;
  /** The process is there, and can be told things. Not called of a thread. */
  begin?(child: ChildProcess): void;
  /** It does its work: whatever waited is handed to it, and what comes from now on. Not called of a thread. */
  serve?(child: ChildProcess): void;
  /** Whether it may end. If so, nothing more is handed to it. */
  release(word: RestWord): boolean;
  /** It has taken the next of what was handed to it. */
  took(): void;
  /**
   * It has ended, and not to rest. `refused`: for a mistake that only a person can mend, so nothing shall wait for it.
   */
  lost(refused: boolean): void;
  /** Resolves when it is needed again. May throw as soon as `signal` aborts. */
  needed(signal: AbortSignal): Promise<void>;
}
