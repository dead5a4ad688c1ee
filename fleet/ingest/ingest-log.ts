/**
 * What ingest tells of its work. Uploads can cause any number of lines: those are limited, the page lists everything.
 */
import { describeError, TytoError } from '../../device/core/errors.ts';
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { TytoEvent } from '../../device/contract/event.ts';
import type { Log } from '../../device/core/log.ts';
import { minutes, type Millis } from '../../device/core/units.ts';
import type { RejectionRecord } from './ports.ts';

const WINDOW = minutes(1);
const MOST_REJECTIONS = 20;
const MOST_FOLDERS = 5;

export class IngestLog {
  readonly #log: Log;
  /** Monotonic. */
  readonly #now: () => Millis;
  #window: { readonly from: Millis; rejections: number; readonly troubles: Set<string> };
  #landingTrouble: string | undefined;
  #unreadable = '';
  constructor(log: Log, now: () => Millis) {
    this.#log = log;
    this.#now = now;
    this.#window = { from: now(), rejections: 0, troubles: new Set() };
  }

  accepted(
    { device, id }: TytoEvent, { damage, sealed }: { readonly damage: ClipDamage | null; readonly sealed: boolean },
  ): void {
    this.#log.info('event accepted', {
      device, event: id, ...(damage === null ? {} : { damaged: damage.reason }),
      ...(sealed ? { sealed: 'encrypted, and no key is held that opens it' } : {}),
    });
  }

  rejected({ key, code, message }: RejectionRecord): void {
    const count = ++this.#present().rejections;
    if (count <= MOST_REJECTIONS) this.#log.warn('upload rejected', { key, code, reason: message });
    if (count === MOST_REJECTIONS)
      this.#log.warn('more uploads may be rejected within this minute; the page lists them all');
  }

  /** Something could not be dealt with now: the same trouble is told once a minute. */
  heldBack(key: string, error: unknown): void {
    const message = describeError(error);
    const trouble = error instanceof TytoError ? error.code : message;
    const { troubles } = this.#present();
    if (troubles.has(trouble) || troubles.size >= MOST_REJECTIONS) return;
    troubles.add(trouble);
    if (error instanceof TytoError)
      this.#log.warn('an upload cannot be judged now; it stays in the landing and is tried again', {
        key,
        reason: message,
      });
    else
      this.#log.error('an upload cannot be judged now; it stays in the landing and is tried again', {
        key,
        reason: message,
        error,
      });
  }

  /** @param error - Why the landing cannot be read; undefined when it can. Told when it changes. */
  landing(error: unknown): void {
    const trouble = error === undefined ? undefined : describeError(error);
    if (trouble === this.#landingTrouble) return;
    this.#landingTrouble = trouble;
    if (trouble === undefined) this.#log.info('the landing can be read again');
    else this.#log.error('the landing cannot be read; tried again until it can', { reason: trouble });
  }

  /** @param folders - Of the landing, which cannot be read while the rest can. Told when they change. */
  unreadable(folders: readonly string[]): void {
    const told = folders.slice(0, MOST_FOLDERS).join(', ');
    if (told === this.#unreadable) return;
    this.#unreadable = told;
    if (told === '') this.#log.info('every folder of the landing can be read again');
    else this.#log.warn('uploads in folders of the landing wait: this user may not read there; change owner or mode', {
      folders: told, ...(folders.length > MOST_FOLDERS ? { andMore: folders.length - MOST_FOLDERS } : {}),
    });
  }

  #present() {
    if (this.#now() - this.#window.from >= WINDOW)
      this.#window = { from: this.#now(), rejections: 0, troubles: new Set() };
    return this.#window;
  }
}
