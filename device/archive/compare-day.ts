/** What the disk and the catalogue say of one day, side by side. Pure. */
import { parseSegmentFileName } from '../contract/media-path.ts';
import { parseMediaFileName, type MediaExtension } from '../contract/names.ts';
import type { RecordingState } from './archive-view.ts';

export interface DayFacts {
  /** Names of the files in the day's folder. */
  readonly files: readonly string[];
  readonly recordings: ReadonlyMap<string, RecordingState>;
  /** Name of a picture or a preview, and the event it belongs to. */
  readonly pictures: ReadonlyMap<string, string>;
}

/** Files that are none of ours stand nowhere in it: they are left alone. */
export interface DayDifference {
  /** Files that the catalogue does not know, or has given up: clips first. */
  readonly unlisted: readonly string[];
  /** Recordings whose file is gone. */
  readonly lostRecordings: readonly string[];
  /** Pictures that are gone, and the events whose they were. */
  readonly lostPictures: readonly { readonly name: string; readonly event: string }[];
  /** Drafts of pictures that were never finished. */
  readonly drafts: readonly string[];
}

const isKept = (state: RecordingState): boolean => state === 'complete' || state === 'recovered';

const DRAFT = /\.(?:jpg|mp4)\.[0-9a-f-]{36}\.tmp$/;

export function compareDay({ files, recordings, pictures }: DayFacts): DayDifference {
  const onDisk = new Set(files);
  const extensionOf = (name: string): MediaExtension | undefined => parseMediaFileName(name)?.extension;
  const isClip = (name: string): boolean => parseSegmentFileName(name) !== undefined || extensionOf(name) === 'mp4';
  const clips = files.filter(isClip);
  const stills = files.filter((name) => (extensionOf(name) ?? 'mp4') !== 'mp4');
  const isUnlisted = (name: string): boolean => (recordings.get(name) ?? 'lost') === 'lost';
  return {
    unlisted: [...clips.filter(isUnlisted), ...stills.filter((name) => !pictures.has(name))],
    lostRecordings: [...recordings].filter(([name, state]) => isKept(state) && !onDisk.has(name)).map(([name]) => name),
    lostPictures: [...pictures].filter(([name]) => !onDisk.has(name)).map(([name, event]) => ({ name, event })),
    drafts: files.filter((name) => DRAFT.test(name)),
  };
}
