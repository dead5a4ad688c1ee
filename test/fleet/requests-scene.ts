/** A fleet that asks devices for footage, over a real register and landing: for tests of requests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TytoEvent } from '../../device/contract/event.ts';
import type { FleetFindings } from '../../device/contract/fleet-findings.ts';
import type { HeldFile } from '../../device/contract/manifest.ts';
import { parseRequestKey, type Report } from '../../device/contract/mail.ts';
import { silentLog } from '../../device/core/log.ts';
import { millis, seconds } from '../../device/core/units.ts';
import { DirectoryLanding } from '../../device/landing/directory-landing.ts';
import { VirtualClock } from '../../device/runtime/virtual-clock.ts';
import type { AskRule } from '../../fleet/requests/ask-rules.ts';
import type { KnownEvents, NewsOfEvents, RequestRow } from '../../fleet/requests/port.ts';
import { Requests, type RequestsParts } from '../../fleet/requests/requests.ts';
import { SqliteRegister } from '../../fleet/requests/sqlite-register.ts';
import { eventually } from '../eventually.ts';

export const NOON = millis(1_795_262_400_000);
/** What a device holds of an event that it sent without its clip. */
export const CLIP: readonly HeldFile[] = [{ role: 'clip', bytes: 2000 }];
export const OWNER = { who: 'owner' };

/** An index that is a list. */
class ListedIndex implements KnownEvents, NewsOfEvents {
  readonly rows = new Map<string, { readonly event: TytoEvent; readonly held: readonly HeldFile[] }>();
  readonly #news: {
    readonly what: 'accepted' | 'updated';
    readonly row: { readonly event: TytoEvent; readonly held: readonly HeldFile[]; readonly findings: FleetFindings };
  }[] = [];

  put(event: TytoEvent, held: readonly HeldFile[] = [], findings: FleetFindings = {}): void {
    const what = this.rows.has(event.id) ? 'updated' : 'accepted';
    this.rows.set(event.id, { event, held });
    this.#news.push({ what, row: { event, held, findings } });
  }
  async event(device: string, id: string) { return [this.rows.get(id)].find((row) => row?.event.device === device); }
  async since(cursor: string, limit: number) {
    const from = Number(cursor);
    // of what was deleted there is nothing to tell
    const told = this.#news.slice(from, from + limit).filter(({ row }) => this.rows.has(row.event.id));
    return {
      news: told, cursor: String(Math.min(from + limit, this.#news.length)), more: this.#news.length > from + limit,
    };
  }
  async latest() { return String(this.#news.length); }
}

/** What a device says of a request. */
export const report = (request: string, change: Partial<Report>): Report =>
  ({ version: 1, request, state: 'sending', at: 1, bytes: 0, sent_bytes: 0, events: [], reason: '', ...change });

export class RequestsScene implements AsyncDisposable {
  readonly folder: string;
  readonly index = new ListedIndex();
  readonly clock = new VirtualClock(NOON);
  private constructor(folder: string) { this.folder = folder; }

  static async make(): Promise<RequestsScene> {
    return new RequestsScene(await mkdtemp(path.join(tmpdir(), 'tyto-requests-')));
  }

  landing(): DirectoryLanding { return new DirectoryLanding(path.join(this.folder, 'landing'), { create: true }); }

  /** What lies in the landing, as a device reads it. */
  async asked() {
    const { entries } = await this.landing().list('yard/', undefined, new AbortController().signal);
    return entries.map(({ key }) => parseRequestKey(key));
  }

  /** A fleet that runs until it is disposed of, as when it is killed: the next finds what this one left. */
  async fleet(
    { rules = [], parts = {} }: { readonly rules?: readonly AskRule[]; readonly parts?: Partial<RequestsParts> } = {},
  ) {
    const register = SqliteRegister.open(path.join(this.folder, 'requests.db'));
    const requests = new Requests({
      register, index: this.index, landing: this.landing(), rules, clock: this.clock, log: silentLog, ...parts,
    });
    await requests.begin();
    const stop = new AbortController();
    const running = requests.run(stop.signal);
    return {
      requests,
      state: async ({ id }: RequestRow) => (await requests.get(id))?.row.state,
      trail: async ({ id }: RequestRow) =>
        ((await requests.get(id))?.trail ?? []).map(({ who, what }) => `${who} ${what}`),
      async [Symbol.asyncDispose]() {
        stop.abort();
        await running;
        register[Symbol.dispose]();
      },
    };
  }

  /** Lets the fleet look, at its own pace, until something holds. */
  comes(what: string, check: () => Promise<boolean>): Promise<unknown> {
    return eventually(what, async () => {
      await this.clock.advance(seconds(2));
      return check();
    });
  }

  [Symbol.asyncDispose](): Promise<void> { return rm(this.folder, { recursive: true }); }
}
