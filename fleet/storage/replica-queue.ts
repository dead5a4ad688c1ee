/** What is still to be done at each replica: durable, one queue for each, in the order in which things came. */
import { hours, millis, type Millis } from '../../device/core/units.ts';
import type { Sqlite, SqliteRow } from '../../device/durable/sqlite.ts';

export interface ReplicaTask {
  readonly key: string;
  readonly seq: number;
  readonly what: 'copy' | 'remove';
  /** Below the folder of the manifest `key`; undefined where the index is to be asked, and the rule. */
  readonly files: readonly string[] | undefined;
  /** Failures in a row for the same blame. */
  readonly attempts: number;
  readonly blame: 'task' | 'store' | undefined;
}

export interface ReplicaFailure {
  /** Whether it is about this one alone, or about the whole store. */
  readonly blame: 'task' | 'store';
  readonly code: string;
  readonly reason: string;
  /** Wall clock: not before this. */
  readonly nextAt: Millis;
}

export interface ReplicaCounts {
  readonly waiting: number;
  /** Of them: refused again and again, while others go. */
  readonly stuck: number;
  /** Wall clock: since when the oldest waits; undefined when none does. */
  readonly waitingSince: Millis | undefined;
  readonly copied: number;
  readonly removed: number;
  readonly bytes: number;
  /** Wall clock: when something last went; undefined when nothing has. */
  readonly lastAt: Millis | undefined;
}

/** So many failures of its own make one stuck. */
const STUCK_AFTER = 5;
const MOST_REASON = 300;
/** The index remembers its news for a week. */
const NEWS_LAST = hours(6 * 24);
const READ_TO = hours(1);

/** Each method is one transaction; each throws a DeviceError `replicas.failed` when the disk does not take it. */
export class ReplicaQueue implements Disposable {
  readonly #db: Sqlite;
  constructor(db: Sqlite) { this.#db = db; }

  /** All of `work` becomes durable together. */
  together<T>(work: () => T): T { return this.#db.transaction(work); }

  /**
   * Makes `name` known. One that is new, or has moved to another place, begins with nothing: the library is looked
   * through for it. So it is where the news were not read for so long that some may be forgotten.
   * @param cursor - Behind everything that there is now.
   */
  enter(name: string, place: string, cursor: string, now: Millis): void {
    this.together(() => {
      const known = this.#db.get('SELECT place, read_at FROM replica WHERE name = ?', name);
      if (known?.['place'] !== place) {
        this.#db.run('DELETE FROM task WHERE replica = ?', name);
        this.#db.run(
          `INSERT OR REPLACE INTO replica (name, place, cursor, listing, read_at) VALUES (?, ?, ?, '', ?)`,
          name, place, cursor, Math.round(now),
        );
      } else if (now - Number(known['read_at']) > NEWS_LAST) {
        this.#db.run(`UPDATE replica SET cursor = ?, listing = '' WHERE name = ?`, cursor, name);
      }
    });
  }

  /** Forgets every replica that is not among `names`. @returns How much was still to be done there. */
  forgetOthers(names: readonly string[]): number {
    return this.together(() => {
      let lost = 0;
      for (const { name } of this.#db.all('SELECT name FROM replica')) {
        if (names.includes(String(name))) continue;
        lost += Number(this.#db.get('SELECT count(*) AS n FROM task WHERE replica = ?', String(name))?.['n']);
        this.#db.run('DELETE FROM task WHERE replica = ?', String(name));
        this.#db.run('DELETE FROM replica WHERE name = ?', String(name));
      }
      return lost;
    });
  }

  cursor(name: string): string {
    return String(this.#db.get('SELECT cursor FROM replica WHERE name = ?', name)?.['cursor'] ?? '');
  }
  moveCursor(name: string, cursor: string, now: Millis): void {
    this.#db.run(
      'UPDATE replica SET cursor = ?, read_at = ? WHERE name = ? AND (cursor <> ? OR read_at < ?)',
      cursor, Math.round(now), name, cursor, Math.round(now - READ_TO),
    );
  }

  /** How far the library was looked through; undefined when that is over. */
  listing(name: string): string | undefined {
    const listing = this.#db.get('SELECT listing FROM replica WHERE name = ?', name)?.['listing'];
    return listing === null || listing === undefined ? undefined : String(listing);
  }

  moveListing(name: string, listing: string | undefined): void {
    this.#db.run('UPDATE replica SET listing = ? WHERE name = ?', listing ?? null, name);
  }

  /** In place of what was to be done with `key`: only the latest counts. */
  add(name: string, key: string, task: Pick<ReplicaTask, 'what' | 'files'>, now: Millis): void {
    this.together(() => {
      this.#db.run('UPDATE counter SET seq = seq + 1');
      this.#db.run(
        `INSERT OR REPLACE INTO task (replica, key, seq, what, files, at) VALUES (?, ?, (SELECT seq FROM counter), ?, ?, ?)`,
        name, key, task.what, task.files === undefined ? null : JSON.stringify(task.files), Math.round(now),
      );
    });
  }

  has(name: string, key: string): boolean {
    return this.#db.get('SELECT 1 FROM task WHERE replica = ? AND key = ?', name, key) !== undefined;
  }

  /** Of what is due, what failed least first, and oldest first: nothing that fails stands in the way of others. */
  next(name: string, now: Millis): ReplicaTask | undefined {
    const row = this.#db.get(
      'SELECT * FROM task WHERE replica = ? AND next_at <= ? ORDER BY attempts, seq LIMIT 1', name, Math.round(now),
    );
    return row === undefined ? undefined : taskOf(row);
  }

  /** It is done; unless something newer is to be done with its key. */
  done(name: string, { key, seq, what }: ReplicaTask, bytes: number, now: Millis): void {
    this.together(() => {
      this.#db.run('DELETE FROM task WHERE replica = ? AND key = ? AND seq = ?', name, key, seq);
      const counter = what === 'copy' ? 'copied' : 'removed';
      this.#db.run(
        `UPDATE replica SET ${counter} = ${counter} + 1, bytes = bytes + ?, last_at = ? WHERE name = ?`,
        bytes, Math.round(now), name,
      );
    });
  }

  /** There is nothing to be done with it after all. */
  drop(name: string, { key, seq }: ReplicaTask): void {
    this.#db.run('DELETE FROM task WHERE replica = ? AND key = ? AND seq = ?', name, key, seq);
  }

  failed(name: string, { key, seq }: ReplicaTask, { blame, code, reason, nextAt }: ReplicaFailure): void {
    this.#db.run(
      'UPDATE task SET attempts = iif(blame = ?, attempts + 1, 1), next_at = ?, blame = ?, code = ?, reason = ? WHERE replica = ? AND key = ? AND seq = ?',
      blame, Math.round(nextAt), blame, code, reason.slice(0, MOST_REASON), name, key, seq,
    );
  }

  /** All that waits is due at once. @returns How much that is. */
  hurry(name: string): number {
    return this.together(() => {
      this.#db.run('UPDATE task SET next_at = 0, attempts = 0, blame = NULL WHERE replica = ?', name);
      return this.counts(name).waiting;
    });
  }

  counts(name: string): ReplicaCounts {
    const { n = 0, since = null } =
      this.#db.get('SELECT count(*) AS n, min(at) AS since FROM task WHERE replica = ?', name) ?? {};
    const stuck = this.#db.get(
      `SELECT count(*) AS n FROM task WHERE replica = ? AND blame = 'task' AND attempts >= ${STUCK_AFTER}`, name,
    )?.['n'];
    const sums = this.#db.get('SELECT copied, removed, bytes, last_at FROM replica WHERE name = ?', name);
    const lastAt = sums?.['last_at'] ?? null;
    return {
      waiting: Number(n), stuck: Number(stuck), waitingSince: since === null ? undefined : millis(Number(since)),
      copied: Number(sums?.['copied'] ?? 0),
      removed: Number(sums?.['removed'] ?? 0), bytes: Number(sums?.['bytes'] ?? 0),
      lastAt: lastAt === null ? undefined : millis(Number(lastAt)),
    };
  }

  /** What is refused for its own sake, longest first. */
  stuck(
    name: string, limit: number,
  ): readonly { readonly key: string; readonly code: string; readonly reason: string; readonly attempts: number }[] {
    return this.#db.all(
      `SELECT * FROM task WHERE replica = ? AND blame = 'task' AND attempts >= ${STUCK_AFTER} ORDER BY at LIMIT ?`,
      name, limit,
    ).map((row) => ({
      key: String(row['key']), code: String(row['code']),
      reason: String(row['reason']), attempts: Number(row['attempts']),
    }));
  }

  [Symbol.dispose](): void { this.#db[Symbol.dispose](); }
}

const taskOf = (row: SqliteRow): ReplicaTask => ({
  key: String(row['key']), seq: Number(row['seq']),
  what: row['what'] === 'copy' ? 'copy' : 'remove', attempts: Number(row['attempts']),
  blame: row['blame'] === 'task' || row['blame'] === 'store' ? row['blame'] : undefined,
  files: row['files'] === null ? undefined : JSON.parse(String(row['files'])) as readonly string[],
});
