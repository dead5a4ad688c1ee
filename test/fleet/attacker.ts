/** Makes uploads that are wrong in one way, and sound in every other. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { TytoEvent } from '../../device/contract/event.ts';
import { manifestKey } from '../../device/contract/names.ts';
import { clipFacts, type Footage } from './footage.ts';
import { manifestOf, mediaOf, uploadOf, type Upload } from './uploads.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');

/** One hostile delivery: what is laid down, and what ingest must say of which key. */
export interface Attack {
  readonly title: string;
  readonly objects: Iterable<readonly [string, Uint8Array]>;
  readonly key: string;
  readonly code: string;
  /** Puts down what is no plain file. */
  readonly extra?: (landing: string) => Promise<void>;
}

/** Makes attacks of different moments on a few devices, so that none is in another's way. */
export class Attacker {
  readonly attacks: Attack[] = [];
  readonly #footage: Footage;
  constructor(footage: Footage) {
    this.#footage = footage;
  }

  #upload(footage: Partial<Footage> = this.#footage): Upload {
    const n = this.attacks.length;
    return uploadOf(footage, { device: `evil-${n % 5}`, at: NOON + n * 1000, facts: clipFacts(this.#footage.clip) });
  }

  /** Sound in all but the bytes of its clip or picture, of which the manifest tells the truth. */
  media(code: string, title: string, footage: Partial<Footage>): void {
    const upload = this.#upload(footage);
    this.attacks.push({ title, objects: upload.objects, key: manifestKey(upload.event), code });
  }

  /** A sound upload with another event in the manifest. */
  event(code: string, title: string, change: (event: TytoEvent) => object): void {
    const { event, objects } = this.#upload();
    this.raw(code, title, () => manifestOf({ ...event, ...change(event) }), { event, objects });
  }

  /** A sound upload with other bytes for the manifest. */
  raw(code: string, title: string, manifest: (event: TytoEvent) => Uint8Array, upload: Upload = this.#upload()): void {
    const key = manifestKey(upload.event);
    this.attacks.push({ title, objects: [...mediaOf(upload), [key, manifest(upload.event)]], key, code });
  }

  /** A sound manifest, with something else where the clip should be. */
  place(
    code: string,
    title: string,
    change: (clip: string, data: Uint8Array) => readonly [string, Uint8Array] | undefined,
    extra?: (file: string) => Promise<void>,
  ): void {
    const { event, objects } = this.#upload();
    const clip = [...objects].find(([key]) => key.endsWith('.mp4'));
    assert.ok(clip);
    const others = [...objects].filter(([key]) => key !== clip[0]);
    const changed = change(...clip);
    this.attacks.push({
      title,
      key: manifestKey(event),
      code,
      objects: changed === undefined ? others : [changed, ...others],
      ...(extra === undefined ? {} : { extra: (landing: string) => extra(path.join(landing, clip[0])) }),
    });
  }

  /** Anything under any key. */
  object(code: string, title: string, key: string, data: Uint8Array = Buffer.from('x')): void {
    this.attacks.push({ title, objects: [[key, data]], key, code });
  }
}
