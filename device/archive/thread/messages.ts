/** What crosses between the process and its archive thread. */
import type { TytoEvent } from '../../contract/event.ts';
import type { StorageState } from '../../contract/storage.ts';
import type { LogFields, LogLevel } from '../../core/log.ts';
import type { FinishedRecording, NewRecording } from '../archive.ts';
import type { TwoClocks } from '../ledger/watch-ledger.ts';
import type { Watching } from '../ledger/watching.ts';
import type { RetentionRules } from '../retention/plan.ts';

/** What the thread is told when it starts. */
export interface ThreadSettings {
  /** `archive.db` in the data folder. */
  readonly file: string;
  readonly mediaFolder: string;
  /** The uploader's queue, which is read to know what has gone; undefined when nothing is uploaded. */
  readonly uploads: string | undefined;
  /** What must be so of an upload before it may be deleted here. Default `acknowledged`: by the fleet. */
  readonly deleteAfter?: 'acknowledged' | 'stored';
  /** Where the uploader gives recordings a second name; undefined when it makes copies. */
  readonly landing: string | undefined;
  /** Where `web` asks for stars and deletions. */
  readonly socket: string;
  readonly camera: string;
  /** The folder of the people who have been named: whose name changed stands there. */
  readonly people: string;
  readonly retention: RetentionRules;
  /** How files are called in the folder `export` beside the catalogue; `tyto` for none. Default `tyto`. */
  readonly fileNames?: string;
  /** Where the sign of life lies; unless given, where the system keeps files in memory. */
  readonly pulseFolder?: string;
  /** Bytes a day; 0 for no budget. */
  readonly writeBudget: number;
}

/** One change of the catalogue. A later one of the same subject takes the place of the one before. */
export type Write =
  | { readonly type: 'event'; readonly event: TytoEvent }
  | { readonly type: 'opened'; readonly recording: NewRecording }
  | { readonly type: 'closed'; readonly recording: FinishedRecording };

/** Why the catalogue takes nothing now; it is offered again. */
export interface Refusal { readonly code: string; readonly message: string }

export type ThreadCall =
  /** Answered with a `Refusal`, or undefined when all of it is durable. */
  | { readonly type: 'write'; readonly batch: readonly Write[] }
  /** Answered when room was made for a recording, as far as the rules allow. */
  | { readonly type: 'room' }
  /** How watching goes, for the ledger; said at every change and every few seconds. */
  | { readonly type: 'watching'; readonly watching: Watching; readonly at: TwoClocks }
  /** Answered when everything is durable and closed. `isWanted`: somebody stops the device; nothing has failed. */
  | { readonly type: 'close'; readonly at: TwoClocks; readonly isWanted: boolean };

export interface ThreadRequest { readonly id: number; readonly call: ThreadCall }

export type ThreadMessage =
  /** The catalogue is in step with the disk. `endedEvents`: what a crash had left open. */
  | { readonly type: 'ready'; readonly endedEvents: readonly TytoEvent[] }
  | { readonly type: 'refused'; readonly mustAct: 'user' | 'device'; readonly code: string; readonly message: string }
  | { readonly type: 'answer'; readonly id: number; readonly refusal: Refusal | undefined }
  | { readonly type: 'storage'; readonly state: StorageState }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string; readonly fields: LogFields };
