import type { Sqlite } from '../durable/sqlite.ts';

export interface IdSearch {
  /** Numbers of tags: the events wanted have all of them. */
  readonly tags: readonly number[];
  /** Only ids below this, and at or above `from`. */
  readonly before: string;
  readonly from: string;
  readonly limit: number;
}

export interface FoundIds {
  /** Newest first. */
  readonly ids: readonly string[];
  /** The id below which to go on; null when there is nothing left. */
  readonly next: string | null;
}

/** Looks into the index that one page may cost: about 10 ms of a PC's time. */
const MOST_LOOKS = 2000;

/**
 * Events that have all of the tags, by leaping from one tag's list to the other's: whichever is the sparsest sets the
 * pace, whatever the lists hold. Where they hardly meet, the work is cut off and `next` says where to go on.
 */
export function searchIds(db: Sqlite, search: IdSearch, mostLooks = MOST_LOOKS): FoundIds {
  if (search.tags.length === 0) return plainPage(db, search);
  const ids: string[] = [];
  let below = search.before;
  let candidate: string | undefined;
  let agreed = 0;
  for (let looks = 0; looks < mostLooks; looks++) {
    const tag = search.tags[looks % search.tags.length] ?? 0;
    const found = newest(db, tag, candidate === undefined ? { below } : { upTo: candidate });
    if (found === undefined || found < search.from) return { ids, next: null };
    // it lacks this tag, and so does all down to `found`
    if (candidate !== undefined && found !== candidate) below = candidate;
    agreed = found === candidate ? agreed + 1 : 1;
    candidate = found;
    if (agreed < search.tags.length) continue;
    if (ids.length === search.limit) return { ids, next: ids.at(-1) ?? null };
    ids.push(found);
    [below, candidate, agreed] = [found, undefined, 0];
  }
  return { ids, next: below };
}

function newest(
  db: Sqlite, tag: number, limit: { readonly below: string } | { readonly upTo: string },
): string | undefined {
  const row = 'below' in limit
    ? db.get('SELECT event FROM event_tags WHERE tag = ? AND event < ? ORDER BY event DESC LIMIT 1', tag, limit.below)
    : db.get('SELECT event FROM event_tags WHERE tag = ? AND event <= ? ORDER BY event DESC LIMIT 1', tag, limit.upTo);
  return row === undefined ? undefined : String(row['event']);
}

function plainPage(db: Sqlite, { before, from, limit }: IdSearch): FoundIds {
  const rows = db.all(
    'SELECT id FROM events WHERE id < ? AND id >= ? ORDER BY id DESC LIMIT ?', before, from, limit + 1,
  );
  const ids = rows.slice(0, limit).map(({ id }) => String(id));
  return { ids, next: rows.length > limit ? ids.at(-1) ?? null : null };
}
