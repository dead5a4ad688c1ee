/** What of an event is still to be sent, and in which order: pure. */
import { isContinuous, type MediaFile, type TytoEvent } from '../contract/event.ts';
import { FILE_ROLES, type FileRole, type HeldFile } from '../contract/manifest.ts';

/**
 * `pending` and `refused` are still to go; `refused` was turned down, and is tried ever more
 * rarely until it is put aside as `dead`.
 */
export const ITEM_STATES = ['pending', 'refused', 'stored', 'acknowledged', 'dead'] as const;
export type ItemState = (typeof ITEM_STATES)[number];
export type OpenState = 'pending' | 'refused';

/**
 * What goes first: a manifest with its small picture tells most for its bytes; what was
 * recorded all the time tells least.
 */
export const CLASSES = ['news', 'asked', 'pictures', 'media', 'continuous'] as const;
export type UploadClass = (typeof CLASSES)[number];

/** How far one event has come. */
export interface Progress {
  /** Files that the landing has. */
  readonly stored: readonly FileRole[];
  /** Files that the manifest in the landing names; undefined while there is none. */
  readonly told: readonly FileRole[] | undefined;
}

export interface EventFile { readonly role: FileRole; readonly file: MediaFile }

/** What is known when the next step of an event is chosen. */
export interface Outlook extends Progress {
  readonly event: TytoEvent;
  /** Files that could not go, each for a reason of its own: the rest goes before they are tried again. */
  readonly faulty: readonly FileRole[];
  readonly isAsked: boolean;
}

export interface Step {
  readonly class: UploadClass;
  /** Small ones first. Empty where only the manifest is due. */
  readonly files: readonly EventFile[];
}

const has = (event: TytoEvent, role: FileRole): boolean => event[role] !== null && event[role] !== undefined;
const filesOf = (event: TytoEvent, roles: readonly FileRole[]): readonly EventFile[] => FILE_ROLES.flatMap((role) => {
  const file = event[role];
  return file === null || file === undefined || !roles.includes(role) ? [] : [{ role, file }];
});

/**
 * What goes of an event next; undefined when all has gone that is to go.
 *
 * @param wants - Files that are to go, by the rules and because somebody asked.
 * @param isLight - Whether the line is to be spared: then small pictures alone go by themselves.
 */
export function nextStep(
  { event, stored, told, faulty, isAsked }: Outlook, wants: readonly FileRole[], isLight = false,
): Step | undefined {
  const missing = wants.filter((role) => has(event, role) && !stored.includes(role));
  const left = missing.filter((role) => !faulty.includes(role));
  if (missing.length === 0 && !manifestIsDue({ stored, told })) return undefined;
  if (isContinuous(event)) return { class: isAsked ? 'asked' : 'continuous', files: filesOf(event, missing) };
  if (left.length === 0 && !manifestIsDue({ stored, told })) {
    return {
      class: isAsked ? 'asked' : missing.includes('clip') || missing.includes('preview') ? 'media' : 'pictures',
      files: filesOf(event, missing),
    };
  }
  const these = (...roles: readonly FileRole[]): readonly EventFile[] =>
    filesOf(event, roles.filter((role) => left.includes(role)));
  if (told === undefined || left.length === 0 || left.includes('thumbnail')) {
    return { class: 'news', files: isLight ? these('thumbnail') : these('thumbnail', 'snapshot') };
  }
  if (isAsked) return { class: 'asked', files: filesOf(event, left) };
  return left.includes('snapshot')
    ? { class: 'pictures', files: these('snapshot') }
    : { class: 'media', files: these('preview', 'clip') };
}

/** Whether the landing's manifest is missing, or names other files than the landing has. It always goes last. */
export const manifestIsDue = ({ stored, told }: Progress): boolean =>
  told === undefined || FILE_ROLES.some((role) => stored.includes(role) !== told.includes(role));

/** The event as its manifest tells it: with only those files that are really there. */
export const eventWith = ({ thumbnail, preview, ...event }: TytoEvent, stored: readonly FileRole[]): TytoEvent => ({
  ...event,
  ...(thumbnail !== undefined && stored.includes('thumbnail') ? { thumbnail } : {}),
  ...(preview !== undefined && stored.includes('preview') ? { preview } : {}),
  ...(stored.includes('snapshot') ? {} : { snapshot: null, has_snapshot: false }),
  ...(stored.includes('clip') ? {} : { clip: null, has_clip: false }),
});

/** What of the event is here and has not gone. */
export const heldOf = (event: TytoEvent, { stored, faulty }: Pick<Outlook, 'stored' | 'faulty'>): readonly HeldFile[] =>
  filesOf(event, FILE_ROLES.filter((role) => !stored.includes(role) && !faulty.includes(role)))
    .map(({ role, file }) => ({ role, bytes: file.bytes }));

/**
 * What is to be uploaded of an event that changed while it waited. A file that the catalogue has lost meanwhile stays
 * on the list: that it cannot go any more shall be seen.
 */
export function changedEvent(before: TytoEvent, now: TytoEvent): TytoEvent {
  const [snapshot, clip] = [now.snapshot ?? before.snapshot, now.clip ?? before.clip];
  return {
    ...now, ...smallFiles(before), ...smallFiles(now), snapshot, has_snapshot: snapshot !== null, clip,
    has_clip: clip !== null,
  };
}

const smallFiles = ({ thumbnail, preview }: TytoEvent): Pick<TytoEvent, 'thumbnail' | 'preview'> =>
  ({ ...(thumbnail === undefined ? {} : { thumbnail }), ...(preview === undefined ? {} : { preview }) });

/** The files that need not go once more, of an event that changed while it waited. */
export const stillStored = (before: TytoEvent, now: TytoEvent, stored: readonly FileRole[]): readonly FileRole[] =>
  stored.filter((role) => before[role]?.name === now[role]?.name && before[role]?.sha256 === now[role]?.sha256);

/** Whether nothing is lost here of what has gone. */
export const hasAll = (now: TytoEvent, stored: readonly FileRole[]): boolean =>
  stored.every((role) => has(now, role));

/**
 * Whether an event that had gone is worth another upload: when a file is there that was not, or that was not to go.
 * What a device lost after the upload must not take it from the fleet.
 */
export const hasMore = (now: TytoEvent, stored: readonly FileRole[], wants: readonly FileRole[]): boolean =>
  hasAll(now, stored) && wants.some((role) => has(now, role) && !stored.includes(role));
