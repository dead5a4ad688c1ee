/** The index in SQLite: for a fleet that one machine serves. */
import { hours, type Millis } from '../../device/core/units.ts';
import type { Sqlite, SqliteRow } from '../../device/durable/sqlite.ts';
import { bytesOf, labelsOf, PEOPLE_SPAN, peopleAmong } from './labels.ts';
import { listEvents, type Shelf, type Stretch } from './list-events.ts';
import { openDatabase } from './open-database.ts';
import { badCursor, type Place } from './place.ts';
import {
  TOMBSTONE_LASTS, type DeviceQuery, type DeviceRow, type EventQuery, type Filing, type FleetIndex,
  type IndexedEvent, type Known,
  type News, type NewsFeed, type NewsPage, type Page, type Rejection,
} from './port.ts';
import { eventColumns, readDevice, readEvent, readRejection, time } from './sqlite-rows.ts';
import { SQL } from './sqlite-statements.ts';
import { raced, takeIn, type VersionedRow } from './take-in.ts';

interface SqlitePlace extends Place { readonly rowid?: number }

/** For so long it is remembered what came in which order. */
const NEWS_KEPT = hours(8 * 24);

/** @throws {DeviceError} From every method, when the disk or the file fails; nothing is changed then. */
export class SqliteIndex implements FleetIndex, NewsFeed, Disposable {
  readonly #database: Sqlite;
  #revision = 0;

  /** @throws {ConfigError | DeviceError} As `openDatabase`. */
  static open(file: string): SqliteIndex { return new SqliteIndex(openDatabase(file)); }
  private constructor(database: Sqlite) { this.#database = database; }

  get revision(): number { return this.#revision; }

  events(query: EventQuery): Promise<Page<IndexedEvent>> {
    return listEvents({
      accounts: async () => this.#database.all(SQL.accounts).map((row) => String(row['account'])),
      places: async (shelf, stretch) => this.#places(shelf, stretch),
      rows: async (places) => places.flatMap((place) => this.#eventAt(place)?.row ?? []),
    }, query);
  }

  async event(device: string, id: string): Promise<IndexedEvent | undefined> { return this.#event(device, id)?.row; }

  async people(limit: number): Promise<readonly string[]> {
    const labels = this.#database.all(SQL.accounts)
      .flatMap((row) => [...this.#labelsOfPeople(String(row['account']), limit)]);
    return peopleAmong(labels).slice(0, limit);
  }

  async devices(
    { account, after = '', limit = Number.MAX_SAFE_INTEGER }: DeviceQuery = {},
  ): Promise<readonly DeviceRow[]> {
    const rows = account === undefined
      ? this.#database.all(SQL.devices, after, limit) : this.#database.all(SQL.devicesOf, account, after, limit);
    return rows.map(readDevice);
  }

  async usage(account: string): Promise<{ readonly events: number; readonly bytes: number }> {
    const row = this.#database.get(SQL.usage, account);
    return { events: Number(row?.['events']), bytes: Number(row?.['bytes']) };
  }

  async rejected({ before, limit }: { readonly before?: string; readonly limit: number }): Promise<Page<Rejection>> {
    if (before !== undefined && !/^\d{1,15}$/.test(before)) throw badCursor();
    const rows = this.#database.all(
      SQL.rejected, before === undefined ? Number.MAX_SAFE_INTEGER : Number(before), limit + 1,
    );
    const shown = rows.slice(0, limit);
    return { rows: shown.map(readRejection), next: rows.length > limit ? String(shown.at(-1)?.['number']) : undefined };
  }

  async known(device: string, id: string): Promise<Known> {
    const known = this.#event(device, id);
    if (known !== undefined) {
      const { row: { event, held, findings }, version } = known;
      return { state: 'accepted', event, held, version, forgotten: findings?.forgotten ?? [] };
    }
    return { state: this.#isDeleted(device, id) ? 'deleted' : 'new' };
  }

  async accept(filing: Filing, keys: readonly string[], version: number): Promise<void> {
    const { event } = filing;
    this.#change(() => {
      if (this.#isDeleted(event.device, event.id)) throw raced(filing);
      const known = this.#event(event.device, event.id);
      const next = takeIn(known, filing, version);
      if (next !== undefined) this.#put(known, next, filing.ingestedAt);
      for (const key of keys) this.#database.run(SQL.forgetRejection, key);
    });
  }

  async remove(device: string, id: string, at: Millis): Promise<boolean> {
    const known = this.#event(device, id);
    if (known === undefined) return false;
    const { account } = known.row;
    this.#change(() => {
      this.#database.run(SQL.dropEvent, id, device);
      for (const label of labelsOf(known.row)) this.#database.run(SQL.dropLabel, device, label, id);
      this.#database.run(SQL.count, -1, -bytesOf(known.row), account, device);
      this.#database.run(SQL.addDeleted, device, id, at);
      this.#database.run(SQL.forgetDeleted, at - TOMBSTONE_LASTS);
    });
    return true;
  }

  async unfinishedRejection(key: string): Promise<Rejection | undefined> {
    const row = this.#database.get(SQL.unfinished, key);
    return row === undefined ? undefined : readRejection(row);
  }

  async rejection(key: string): Promise<Rejection | undefined> {
    const row = this.#database.get(SQL.rejection, key);
    return row === undefined ? undefined : readRejection(row);
  }

  async reject({ key, device, code, message, rejectedAt, folder, objects, delivery }: Rejection): Promise<void> {
    this.#change(() => {
      this.#database.run(SQL.forgetRejection, key); // and not replaced in place: the newest stands on top
      this.#database.run(
        SQL.addRejection, key, device, code, message, rejectedAt, folder, JSON.stringify(objects), delivery,
      );
      this.#tell({ at: rejectedAt, what: 'rejected', device, subject: key, isFirst: false });
    });
  }

  async finishRejection(key: string): Promise<void> { this.#database.run(SQL.finish, key); }

  async since(cursor: string, limit: number): Promise<NewsPage> {
    const { generation, last } = this.#newest();
    const [of, number] = cursor.split('.');
    const known = of === generation && Number(number) <= last ? Number(number) : 0;
    const rows = this.#database.all(SQL.news, known, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      news: shown.flatMap((row) => this.#newsOf(row)),
      cursor: `${generation}.${Number(shown.at(-1)?.['number'] ?? known)}`,
      more: rows.length > limit,
    };
  }

  async latest(): Promise<string> {
    const { generation, last } = this.#newest();
    return `${generation}.${last}`;
  }

  [Symbol.dispose](): void { this.#database[Symbol.dispose](); }

  #event(device: string, id: string): VersionedRow | undefined {
    const row = this.#database.get(SQL.event, id, device);
    return row === undefined ? undefined : readEvent(row);
  }

  /** By the row it stands in, where the list told: that saves looking for it, which on a cold disk is half the time. */
  #eventAt({ device, id, rowid }: SqlitePlace): VersionedRow | undefined {
    const row = rowid === undefined ? undefined : this.#database.get(SQL.eventInRow, rowid);
    return row?.['id'] === id && row['device'] === device ? readEvent(row) : this.#event(device, id);
  }

  *#labelsOfPeople(account: string, limit: number): Generator<string> {
    let { above }: { readonly above: string } = PEOPLE_SPAN;
    for (let found = 0; found < limit; found++) {
      const row = this.#database.get(SQL.firstLabel, account, above, PEOPLE_SPAN.below);
      if (row === undefined) return;
      above = String(row['label']);
      yield above;
    }
  }

  #isDeleted(device: string, id: string): boolean {
    return this.#database.get(SQL.isDeleted, device, id) !== undefined;
  }

  #places({ of, by, hint }: Shelf, { below, floor, count }: Stretch): readonly SqlitePlace[] {
    const list = 'label' in by ? by.label : Number(by.continuous);
    const rows = 'device' in of
      // Of the cursor's own moment the device comes after it when its name is less: a space
      // stands before all that follows an id.
      ? this.#database.all('label' in by ? SQL.labelsOfDevice : SQL.eventsOfDevice(hint),
        of.device, list, of.device < below.device ? `${below.id} ` : below.id, floor, count)
      : this.#database.all('label' in by ? SQL.labelsOfAccount : SQL.eventsOfAccount(hint),
        of.account, list, below.id, below.device, floor, count);
    return rows.map(({ id, device, rowid }) =>
      ({ id: String(id), device: String(device), ...(typeof rowid === 'number' ? { rowid } : {}) }));
  }

  #put(known: VersionedRow | undefined, next: VersionedRow, at: Millis): void {
    const { event, account, ingestedAt } = next.row;
    const { device, id } = event;
    const isFirst = this.#database.get(SQL.device, device) === undefined;
    this.#database.run(SQL.putEvent, eventColumns(next));
    const [before, now] = [known === undefined ? [] : labelsOf(known.row), labelsOf(next.row)];
    for (const label of before) if (!now.includes(label)) this.#database.run(SQL.dropLabel, device, label, id);
    for (const label of now) this.#database.run(SQL.addLabel, device, label, id, account);
    if (known === undefined)
      this.#database.run(SQL.sawDevice, account, device, ingestedAt, ingestedAt, Math.round(event.start_time * 1000));
    this.#database.run(
      SQL.count, known === undefined ? 1 : 0,
      bytesOf(next.row) - (known === undefined ? 0 : bytesOf(known.row)), account, device,
    );
    this.#tell({
      at, what: known === undefined ? 'accepted' : 'updated', device, subject: id,
      isFirst: known === undefined && isFirst,
    });
  }

  #newest(): { readonly generation: string; readonly last: number } {
    const row = this.#database.get(SQL.newest);
    return { generation: String(row?.['id']), last: Number(row?.['last'] ?? 0) };
  }

  #newsOf(row: SqliteRow): readonly News[] {
    const [at, subject] = [time(row['at']), String(row['subject'])];
    if (row['what'] === 'rejected') {
      const found = this.#database.get(SQL.rejection, subject);
      return found === undefined ? [] : [{ at, what: 'rejected', rejection: readRejection(found) }];
    }
    const found = this.#event(String(row['device']), subject)?.row;
    return found === undefined ? []
      : [{ at, what: row['what'] === 'updated' ? 'updated' : 'accepted', row: found, isFirst: row['first'] === 1 }];
  }

  /** Notes what happened, within the transaction in which it does; and forgets a little of what is old. */
  #tell({ at, what, device, subject, isFirst }: {
    readonly at: Millis; readonly what: News['what']; readonly device: string;
    readonly subject: string; readonly isFirst: boolean;
  }): void {
    this.#database.run(SQL.addNews, at, what, device, subject, Number(isFirst));
    this.#database.run(SQL.forgetNews, at - NEWS_KEPT);
  }

  #change(work: () => void): void {
    this.#database.transaction(work);
    this.#revision++;
  }
}
