/** Some of a disk, kept for what makes room on it: that has to be written down first, also where there is none left. */
import { randomFillSync } from 'node:crypto';
import { closeSync, fsyncSync, openSync, statfsSync, statSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { mebibytes } from '../core/units.ts';

/** What a database takes to note which recordings go: some tens of pages. */
const SIZE = mebibytes(1);
/** Nothing that a file system could store as less than it is. */
const PART = mebibytes(1 / 8);
/** It is taken where there is so much more than it. */
const PLENTY = 16;

export class SpareRoom {
  readonly #file: string;
  constructor(file: string) { this.#file = file; }

  /** Takes it from a disk that has plenty, unless it is taken. Where that cannot be, there is none: never throws. */
  keep(): void {
    try {
      if (statSync(this.#file, { throwIfNoEntry: false })?.size === SIZE) return;
      const { bavail, bsize } = statfsSync(path.dirname(this.#file));
      if (bavail * bsize < SIZE * PLENTY) return;
      const file = openSync(this.#file, 'w', 0o600);
      try {
        const part = Buffer.alloc(PART);
        for (let at = 0; at < SIZE; at += PART) writeSync(file, randomFillSync(part), 0, PART, at);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch {
      this.giveUp();
    }
  }

  /** @returns Whether there was any to give up. */
  giveUp(): boolean {
    try {
      unlinkSync(this.#file);
      return true;
    } catch {
      return false;
    }
  }
}
