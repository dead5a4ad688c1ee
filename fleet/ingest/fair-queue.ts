/**
 * Work in lanes, one lane a device: lanes take turns, and none may keep all workers busy. A device that sends what
 * takes long (or much of it) is in its own way, not in that of others.
 */

export interface Piece {
  readonly lane: string;
  /** Unique over all lanes. */
  readonly id: string;
  /** What it is about: of pieces about the same one is in work at a time. Unique over all lanes. */
  readonly subject: string;
}

/** What is beyond is refused; it is still in the landing, and is offered again. */
const MOST_IN_LANE = 1000;
const MOST_LANES = 10_000;

export class FairQueue<T extends Piece> implements Disposable {
  /** In the order of their turns. */
  readonly #lanes = new Map<string, Map<string, T>>();
  readonly #inWork = new Map<string, T>();
  readonly #mostOfLane: number;
  #changed = Promise.withResolvers<void>();
  #closed = false;
  /** @param mostOfLane - So many pieces of a lane may be in work; fewer than there are workers. */
  constructor(mostOfLane: number) { this.#mostOfLane = mostOfLane; }

  /** False when it is there already, in work, or one too many. */
  offer(piece: T): boolean {
    if (this.#closed || this.#inWork.has(piece.id)) return false;
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

  done({ id }: T): void {
    this.#inWork.delete(id);
    this.#wake();
  }

  get waiting(): number { return [...this.#lanes.values()].reduce((sum, lane) => sum + lane.size, 0); }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#lanes.clear();
    this.#wake();
  }

  #next(): T | undefined {
    const inWork = [...this.#inWork.values()];
    const subjects = new Set(inWork.map(({ subject }) => subject));
    for (const [name, lane] of this.#lanes) {
      if (inWork.filter((one) => one.lane === name).length >= this.#mostOfLane) continue;
      const piece = [...lane.values()].find(({ subject }) => !subjects.has(subject));
      if (piece === undefined) continue;
      this.#lanes.delete(name);
      lane.delete(piece.id);
      if (lane.size > 0) this.#lanes.set(name, lane); // behind all others
      this.#inWork.set(piece.id, piece);
      return piece;
    }
    return undefined;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
