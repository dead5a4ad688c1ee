/**
 * Takes a name out of library and index: also out of events that their devices have no more. Manifests in the
 * quarantine, and what waits for subscribers, keep it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { EventFace } from '../device/contract/event.ts';
import { RemoteError } from '../device/core/errors.ts';
import { makeFolder } from '../device/durable/make-folder.ts';
import { filedManifest } from './ingest/filed-manifest.ts';
import { withoutNames } from './ingest/forgotten-faces.ts';
import type { FleetIndex, IndexedEvent } from './index/port.ts';
import type { LibraryStore } from './storage/port.ts';

export interface ForgetParts {
  readonly index: Pick<FleetIndex, 'events' | 'event' | 'known' | 'accept'>;
  readonly library: Pick<LibraryStore, 'put' | 'remove'>;
  /** A folder for what is written on the way. */
  readonly work: string;
}

export interface Forgotten {
  readonly name: string;
  /** Only in its events; undefined for those of all. */
  readonly device: string | undefined;
}

const PAGE = 100;
/** How often an event is begun anew that others change at the same time. */
const ATTEMPTS = 20;

/**
 * Nobody is called `name` any more in any event: media stay. Safe to repeat, and to break off: what is not done then
 * still bears the name, and is found by it. No device brings a name back to a face that is forgotten here; whom it
 * names only later is its own word.
 *
 * @returns How many events named the person.
 * @throws The reason of `signal`, between two events.
 */
export async function forgetPerson(
  { name, device }: Forgotten, parts: ForgetParts, signal: AbortSignal,
): Promise<number> {
  const { index } = parts;
  await makeFolder(parts.work, 0o700);
  const work = await mkdtemp(path.join(parts.work, 'forget-')); // several may be forgotten at a time
  try {
    let changed = 0;
    for (let before: string | undefined, isMore = true; isMore;) {
      const page = await index.events({
        person: name, limit: PAGE,
        ...(device === undefined ? {} : { device }), ...(before === undefined ? {} : { before }),
      });
      for (const row of page.rows) {
        signal.throwIfAborted();
        await forgetIn(row, name, { ...parts, work });
        changed++;
      }
      before = page.next;
      isMore = before !== undefined;
    }
    return changed;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** As `forgetPerson`, for whoever may ask once more while it is at work: all who ask for the same wait for one run. */
export function sharedForgetting(
  parts: ForgetParts, signal: AbortSignal,
): (name: string, device: string | undefined) => Promise<number> {
  const running = new Map<string, Promise<number>>();
  return (name, device) => {
    const key = JSON.stringify([name, device]);
    const run = running.get(key)
      ?? forgetPerson({ name, device }, parts, signal).finally(() => running.delete(key));
    running.set(key, run);
    return run;
  };
}

/** Library, then index, as whatever is taken in: broken off in between, the event is still found by the name. */
async function forgetIn(
  { event: { device, id }, folder }: IndexedEvent, name: string, { index, library, work }: ForgetParts,
): Promise<void> {
  const key = `${folder}${id}.json`;
  for (let [attempt, ours] = [1, 0]; ;) {
    const [known, row] = [await index.known(device, id), await index.event(device, id)];
    if (known.state === 'deleted') return library.remove(key);
    if (known.state === 'new' || row === undefined) return;
    const { event, held, version } = known;
    const changed = without(name, { ...row, event, held });
    if (changed === undefined && (ours === 0 || ours === version)) return;
    // Of what came while ours was on its way the manifest may lie below ours.
    await library.put(key, await filedManifest(changed ?? known, work));
    ours = version;
    if (changed === undefined) continue;
    try {
      await index.accept(changed, [], version);
      ours = version + 1;
    } catch (error) {
      if (!(error instanceof RemoteError && error.code === 'index.raced') || attempt++ >= ATTEMPTS) throw error;
    }
  }
}

/** Undefined where it does not name the person. What is forgotten is kept by its place, which tells no name. */
function without(name: string, row: IndexedEvent): IndexedEvent | undefined {
  const { event, findings = {} } = row;
  const [told, found] = [placesOf(name, event.faces), placesOf(name, findings.faces ?? [])];
  if (told.length === 0 && found.length === 0) return undefined;
  const forgotten = [...new Set([...findings.forgotten ?? [], ...told])].sort((a, b) => a - b);
  return {
    ...row, event: { ...event, faces: withoutNames(event.faces, told) },
    findings: { ...findings, ...(findings.faces && { faces: withoutNames(findings.faces, found) }), forgotten },
  };
}

const placesOf = (name: string, faces: readonly EventFace[]): readonly number[] =>
  faces.flatMap(({ person }, place) => (person === name ? [place] : []));
