/** What crosses between the process and its vision thread. */
import type { Observation } from '../core/frame.ts';
import type { LogFields } from '../core/log.ts';

/** What the thread is told when it starts. Frames follow, as `GrayFrame`, one at a time. */
export type { MotionSettings as WorkerSettings } from './motion-detector.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string; readonly fields: LogFields }
  /** `tookMs`: time that looking took. */
  | { readonly type: 'seen'; readonly observation: Observation; readonly tookMs: number };
