/** What others are told, as JSON: docs/guide/fleet-events.md. Pure, but for the hash. */
import { createHash } from 'node:crypto';
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { EventFace, TytoEvent } from '../../device/contract/event.ts';
import type { FleetFindings } from '../../device/contract/fleet-findings.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import { inSeconds } from '../../device/core/units.ts';
import type { HeardNews } from './ports.ts';
import type { NewsType } from './subscriber.ts';

const MESSAGE_VERSION = 1;

/** Relative ones were made absolute. Null where the event has no such file. */
export interface MessageLinks {
  readonly clip: string | null;
  readonly picture: string | null;
  readonly thumbnail: string | null;
  readonly preview: string | null;
  /** Unix seconds. */
  readonly expires_at: number;
}

export interface FleetMessage {
  readonly version: typeof MESSAGE_VERSION;
  /** The same whenever this is told: who has seen it may leave it. */
  readonly id: string;
  readonly type: NewsType;
  /** Unix seconds: when the fleet wrote it down. */
  readonly at: number;
  /** Whose device it is; null of what was rejected: nobody knows then who put it there. */
  readonly account: string | null;
  /** Of a rejection: the prefix that it lay under, empty for none. */
  readonly device: string;
  /** As it stands in the library; absent where nothing of an event is told. */
  readonly event?: TytoEvent;
  /** Faces that the fleet found; null where it did not look. */
  readonly found_faces?: readonly EventFace[] | null;
  /** Of the clip's pictures; null when all of them decode. */
  readonly damage?: ClipDamage | null;
  /** Something of it is encrypted and was not looked into. */
  readonly sealed?: boolean;
  readonly rejected?: { readonly key: string; readonly code: string; readonly message: string };
  readonly links?: MessageLinks;
}

/** A message before it goes to somebody. */
export interface Draft {
  readonly message: FleetMessage;
  /** Of the event's media in the library, with a slash at its end; empty where there are none. */
  readonly folder: string;
  /** What the fleet made where the device sent none. */
  readonly made?: Pick<FleetFindings, 'thumbnail' | 'preview'>;
}

/** What there is to tell of a piece of news, in order. */
export function draftsOf(news: HeardNews): readonly Draft[] {
  const at = inSeconds(news.at);
  if (news.what === 'rejected') {
    const { device, key, code, message, delivery } = news.rejection;
    // Ids go where names of devices may stand and others may not, such as headers; a prefix in the landing may be
    // anything.
    const id = `${NAME_PATTERN.test(device) ? device : '-'}/${digest(`${key}\n${delivery}`)}/rejected`;
    return [
      {
        folder: '',
        message: {
          version: MESSAGE_VERSION, id, type: 'event.rejected', at, account: null, device,
          rejected: { key, code, message },
        },
      },
    ];
  }
  const { row: { event, folder, damage, sealed, account, findings: { faces, thumbnail, preview } = {} }, isFirst } =
    news;
  const { device } = event;
  const head = { version: MESSAGE_VERSION, at, account, device } as const;
  const first: Draft = { folder: '', message: { ...head, id: `${device}/first-seen`, type: 'device.first_seen' } };
  const isNew = news.what === 'accepted';
  // Of an update the id names its content: what became more twice before it was told is told once.
  const id = `${device}/${event.id}/${isNew ? 'accepted'
    : `updated-${digest(JSON.stringify([event, damage, sealed]))}`}`;
  const told: Draft = {
    folder,
    message: {
      ...head, id, type: isNew ? 'event.accepted' : 'event.updated', event, found_faces: faces ?? null, damage, sealed,
    },
    ...((thumbnail ?? preview) && { made: { ...(thumbnail && { thumbnail }), ...(preview && { preview }) } }),
  };
  return isFirst ? [first, told] : [told];
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
