/**
 * Copies of the library elsewhere. The library is the truth: what the index took in is copied from there, and what is
 * gone from there goes from the replicas too. Each replica has a queue of its own that survives being killed.
 */
import { once } from 'node:events';
import { manifestKey } from '../../device/contract/names.ts';
import { describeError } from '../../device/core/errors.ts';
import type { Log } from '../../device/core/log.ts';
import type { Millis } from '../../device/core/units.ts';
import { Bell } from '../../device/runtime/bell.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import { supervise, type Task } from '../../device/runtime/supervise.ts';
import { InFlight } from './in-flight.ts';
import type { LibraryStore } from './port.ts';
import { filesOf, type FiledEvent, type FiledNews, type ReplicaSpec, type ReplicaStatus } from './replica.ts';
import { openReplicaFile } from './replica-file.ts';
import { ReplicaQueue } from './replica-queue.ts';
import { ReplicaWorker } from './replica-worker.ts';
import { ReplicatedLibrary } from './replicated-library.ts';

export interface ReplicasOptions {
  /** Of the queues. */
  readonly file: string;
  /** A folder for copies under way. Nobody else writes there. */
  readonly work: string;
  readonly primary: LibraryStore;
  readonly news: FiledNews;
  readonly replicas: readonly ReplicaSpec[];
  readonly clock: Clock;
  readonly log: Log;
  /** How often the news are looked at; default 2 s. */
  readonly poll?: Millis;
}

export class Replicas implements Disposable {
  readonly #queue: ReplicaQueue;
  readonly #workers: readonly ReplicaWorker[];
  readonly #options: ReplicasOptions;
  readonly #inFlight = new InFlight();
  /** As whoever puts and removes is to see it. */
  readonly library: LibraryStore;
  private constructor(options: ReplicasOptions, queue: ReplicaQueue) {
    this.#options = options;
    this.#queue = queue;
    this.#workers = options.replicas.map((spec) =>
      new ReplicaWorker({ ...options, spec, queue, inFlight: this.#inFlight, bell: new Bell() }));
    this.library = new ReplicatedLibrary(options.primary, this.#inFlight, (key) => this.#noteRemoval(key));
  }

  /** Replicas that are no longer among those of `options` are forgotten; what lies there stays. */
  static async open(options: ReplicasOptions): Promise<Replicas> {
    const { file, clock, log, replicas, news } = options;
    const queue = new ReplicaQueue(openReplicaFile(file, clock.now(), ({ place, why }) => {
      log.warn('the queue of the replicas was damaged and is begun anew: the library is looked through', {
        kept: place, reason: describeError(why),
      });
    }));
    const lost = queue.forgetOthers(replicas.map(({ name }) => name));
    if (lost > 0)
      log.warn('a replica is no longer set: what was still to be copied there is forgotten', { events: lost });
    const latest = await news.latest();
    for (const { name, place } of replicas) queue.enter(name, place, latest, clock.now());
    return new Replicas(options, queue);
  }

  /** Works until `signal` aborts. Whatever a replica does cannot end it, nor hold up another. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#workers.length === 0 && !signal.aborted) await once(signal, 'abort');
    const tasks = this.#workers.map((worker): [string, Task] => [worker.name, (stop) => worker.run(stop)]);
    await supervise(Object.fromEntries(tasks), signal);
  }

  status(): readonly ReplicaStatus[] { return this.#workers.map((worker) => worker.status()); }

  /** What each replica refuses for its own sake, and why. */
  stuck(name: string, limit = 100): ReturnType<ReplicaQueue['stuck']> { return this.#queue.stuck(name, limit); }

  /**
   * Has an event copied to `name`, whatever its rule.
   * @returns False when there is no such replica.
   */
  forward(name: string, filed: FiledEvent): boolean {
    const worker = this.#workers.find((one) => one.name === name);
    if (worker === undefined) return false;
    this.#queue.add(name, manifestKey(filed.event), { what: 'copy', files: filesOf(filed) }, this.#options.clock.now());
    worker.wake();
    return true;
  }

  /** Tries all that waits at `name` at once. @returns How much that is; undefined when there is no such replica. */
  hurry(name: string): number | undefined {
    const worker = this.#workers.find((one) => one.name === name);
    const waiting = worker && this.#queue.hurry(name);
    worker?.wake();
    return waiting;
  }

  [Symbol.dispose](): void { this.#queue[Symbol.dispose](); }

  #noteRemoval(key: string): void {
    this.#queue.together(() => {
      for (const { name } of this.#workers)
        this.#queue.add(name, key, { what: 'remove', files: undefined }, this.#options.clock.now());
    });
  }
}
