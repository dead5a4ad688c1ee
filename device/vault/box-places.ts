/**
 * Where the boxes of encrypted files stand, so that a player that asks for a clip part by part does not
 * have all of it walked over each time.
 */

/** One encrypted box, and where its plaintext stands in that of the whole file. */
export interface Part {
  readonly offset: number;
  readonly bytes: number;
  readonly from: number;
  readonly plainBytes: number;
}

/** What a walk over the beginnings of a file's boxes has found. */
export interface Walk {
  readonly parts: readonly Part[];
  /** Where the next box begins. */
  readonly end: number;
  /** Those passed over included. */
  readonly boxes: number;
}

/** About 2 MB; a clip of an hour has some 7200. */
const MOST_PARTS = 30_000;

/** Holds the walks over the files asked for last. A file that only grows is walked on from where it ended. */
export class BoxPlaces {
  /** By file id, the one asked for last at the end. */
  readonly #walks = new Map<string, Walk>();

  /** Undefined when nothing is known, or the file has become smaller since. */
  known(fileId: Uint8Array, size: number): Walk | undefined {
    const walk = this.#walks.get(nameOf(fileId));
    return walk !== undefined && walk.end <= size ? walk : undefined;
  }

  /** Those asked for longest ago make room; the newest is held however long it is. */
  keep(fileId: Uint8Array, walk: Walk): void {
    const name = nameOf(fileId);
    this.#walks.delete(name);
    this.#walks.set(name, walk);
    let held = [...this.#walks.values()].reduce((sum, { parts }) => sum + parts.length, 0);
    for (const [oldest, { parts }] of this.#walks) {
      if (held <= MOST_PARTS || oldest === name) return;
      this.#walks.delete(oldest);
      held -= parts.length;
    }
  }
}

const nameOf = (fileId: Uint8Array): string => Buffer.from(fileId).toString('hex');
