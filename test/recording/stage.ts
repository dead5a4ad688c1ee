/** A stage for recorders: footage instead of a camera, a folder instead of a disk. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { Fragment } from '../../device/contract/mp4-fragment.ts';
import { eventId } from '../../device/contract/names.ts';
import { silentLog } from '../../device/core/log.ts';
import { bytes, millis, seconds } from '../../device/core/units.ts';
import { mediaFile } from '../../device/recorder/clip-writer.ts';
import { Recorder } from '../../device/recorder/recorder.ts';
import type { RecorderPlan } from '../../device/recorder/recorder-plan.ts';
import type { ClosedRecording, OpenedRecording } from '../../device/recorder/recording-listener.ts';
import { temporaryFolder, type Footage } from './footage.ts';
import { testKey } from './key.ts';

/** Wall clock at the stream's first picture. */
export const dawn = millis(Date.UTC(2026, 10, 21, 6, 0, 0));
/** Of an event that begins ten seconds later. */
export const id = eventId(millis(dawn + 10_000), 0.5);

/** A recorder in a folder of its own, before which footage is played as a camera delivers it. */
export class Stage {
  readonly opened: OpenedRecording[] = [];
  readonly closed: ClosedRecording[] = [];
  readonly folder: string;
  readonly recorder: Recorder;
  readonly #footage: Footage;
  #next = 0;
  constructor(folder: string, footage: Footage, plan: Partial<RecorderPlan> = {}) {
    this.folder = folder;
    this.#footage = footage;
    this.recorder = new Recorder({
      mode: 'event', preRoll: seconds(5), maxLength: seconds(300), minimumFree: bytes(0),
      mediaFolder: folder, device: 'barn', camera: 'yard', key: testKey,
      listener: { opened: (recording) =>
        this.opened.push(recording), closed: (recording) => this.closed.push(recording) },
      log: silentLog, ...plan,
    });
    this.recorder.begin(this.#footage.init);
  }
  /** Lets the camera run up to stream time `until`; `off` tells by how much the stamp of a moment is. */
  playTo(until: number, off: (at: number) => number = () => 0): void {
    this.#upTo(until, (fragment) =>
      this.recorder.fragment(fragment, millis(dawn + fragment.start + off(fragment.start))));
  }
  /** What the camera sends up to stream time `until` never arrives. */
  skipTo(until: number): void { this.#upTo(until, () => {}); }
  restart(): void {
    this.#next = 0;
    this.recorder.begin(this.#footage.init);
  }
  file(name: string | undefined): string {
    return mediaFile(this.folder, name ?? assert.fail('nothing was recorded'));
  }
  #upTo(until: number, take: (fragment: Fragment) => void): void {
    for (let fragment = this.#footage.fragments[this.#next]; fragment !== undefined
      && fragment.start < until; fragment = this.#footage.fragments[++this.#next]) take(fragment);
  }
  async files(): Promise<string[]> {
    return (await readdir(this.folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  }
}

/** Plays on a stage that is gone afterwards. */
export async function withStage(
  footage: Footage, play: (stage: Stage) => Promise<void>, plan: Partial<RecorderPlan> = {},
): Promise<void> {
  await using folder = await temporaryFolder();
  await play(new Stage(folder.path, footage, plan));
}
