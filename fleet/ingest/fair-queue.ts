/**
 * Work in lanes, one lane a device: lanes take turns, and of each at most one piece is in work. A device that sends
 * what takes long (or much of it) is in its own way, not in that of others.
 */

export interface Piece {
  readonly lane: string;
  /** Unique over all lanes. */
  readonly id: string;
}

/** What is beyond is refused; it is still in the landing, and is offered again. */
const MOST_IN_LANE = 1000;
const MOST_LANES = 10_000;

export class FairQueue<T extends Piece> implements Disposable {
  /** In the order of their turns. */
  readonly #lanes = new Map<string, Map<string, T>>();
  readonly #inWork = new Map<string, T>();
  #changed = Promise.withResolvers<void>();
  #closed = false;

  /** False when it is there already, in work, or one too many. */
  offer(piece: T): boolean {
    if (this.#closed || this.#inWork.get(piece.lane)?.id === piece.id) return false;
    const lane = this.#lanes.get(piece.lane) ?? new Map<string, T>();
    if (lane.has(piece.id) || lane.size >= MOST_IN_LANE || (lane.size === 0 && this.#lanes.size >= MOST_LANES))
      return false;
    lane.set(piece.id, piece);
    this.#lanes.set(piece.lane, lane);
    this.#wake();
    return true;
  }

  /** The next piece, once there is one; call `done` with it. Undefined when the queue is closed. */
  async take(): Promise<T | undefined> {
    for (;;) {
      const piece = this.#closed ? undefined : this.#next();
      if (piece !== undefined || this.#closed) return piece;
      await this.#changed.promise;
    }
  }

  done({ lane }: T): void {
    this.#inWork.delete(lane);
    this.#wake();
  }

  get waiting(): number { return [...this.#lanes.values()].reduce((sum, lane) => sum + lane.size, 0); }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#lanes.clear();
    this.#wake();
  }

  #next(): T | undefined {
    for (const [name, lane] of this.#lanes) {
      if (this.#inWork.has(name)) continue;
      const [piece] = lane.values();
      this.#lanes.delete(name);
      if (piece === undefined) continue;
      lane.delete(piece.id);
      if (lane.size > 0) this.#lanes.set(name, lane); // behind all others
      this.#inWork.set(name, piece);
      return piece;
    }
    return undefined;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
