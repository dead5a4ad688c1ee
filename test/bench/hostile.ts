/**
 * Hostile deliveries by the thousand to `tyto-fleet serve`, with honest ones among them: what
 * becomes visible, and what it grows to.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FINDINGS_FOLDER } from '../../device/contract/fleet-findings.ts';
import { mailFolderOf } from '../../device/contract/mail.ts';
import { SqliteIndex } from '../../fleet/index/sqlite-index.ts';
import { ROOT, run } from '../e2e/processes.ts';
import { eventually } from '../eventually.ts';
import { filesBelow } from '../files-below.ts';
import { makeClip, makePicture, sealed } from '../fleet/footage.ts';
import { hostileObjects } from '../fleet/hostile-objects.ts';
import { land, uploadOf } from '../fleet/uploads.ts';

export interface HostileResult {
  readonly hostile: number;
  /** Of what codes, how many. */
  readonly rejected: ReadonlyMap<string, number>;
  /** Hostile events in the index: there must be none. */
  readonly visible: readonly string[];
  readonly honest: number;
  readonly accepted: number;
  /** What is in the library and belongs to no honest event: there must be none. */
  readonly strays: readonly string[];
  /** Megabytes, resident, of the program: once a fifth was dealt with, at the end, and at most. */
  readonly memory: { readonly early: number; readonly late: number; readonly most: number };
}

const PORTION = 50;
const HONEST = 'yard';
const LONGEST_MS = 300_000;

/** @throws {Error} When the program ends over it. */
export async function measureHostile(count: number, seed: number): Promise<HostileResult> {
  const home = await mkdtemp(path.join(tmpdir(), 'tyto-hostile-'));
  const at = (name: string): string => path.join(home, name);
  try {
    const footage = { clip: await makeClip(1, '160x120'), picture: await makePicture('160x120') };
    const honest = new Set<string>();
    const expected = new Set<string>();
    const memory: number[] = [];
    {
      await using fleet = run(process.execPath, [
        path.join(ROOT, 'fleet/main.ts'), 'serve', '--landing', at('landing'), '--data', at('fleet'), '--port', '0',
      ],
        { TYTO_FLEET_POLL: '200ms', TYTO_FLEET_WAIT: '1s', TYTO_FLEET_ORPHANS_AFTER: '1s' });
      const isDone = async (): Promise<boolean> => {
        if (fleet.child.exitCode !== null) throw new Error(`tyto-fleet ended: ${fleet.printed().slice(-1000)}`);
        return (await filesBelow(at('landing'))).every((key) => mailFolderOf(key) === 'answers');
      };
      const dealWith = async (portion: readonly (readonly (readonly [string, Uint8Array])[])[]): Promise<void> => {
        for (const objects of portion) await land(at('landing'), objects);
        const { event, objects } = uploadOf({ ...footage, clip: sealed(footage.clip) }, {
          device: HONEST, at: Date.parse('2026-11-21T00:00:00Z') + honest.size * 60_000,
        });
        honest.add(`${HONEST} ${event.id}`);
        for (const key of objects.keys()) expected.add(key);
        await land(at('landing'), objects);
        await eventually('an empty landing', isDone, LONGEST_MS);
        memory.push(await residentMegabytes(fleet.child.pid));
      };
      const all = [...hostileObjects(footage, HONEST, count, seed)].map(({ objects }) => objects);
      for (let from = 0; from < all.length; from += PORTION) await dealWith(all.slice(from, from + PORTION));
    }
    using index = SqliteIndex.open(at('fleet/index.db'));
    const accepted = (await index.events({
      limit: count, continuous: true,
    })).rows.map(({ event }) => `${event.device} ${event.id}`);
    return {
      hostile: count, honest: honest.size,
      accepted: accepted.filter((one) => honest.has(one)).length, visible: accepted.filter((one) => !honest.has(one)),
      strays: (await filesBelow(at('fleet/library'))).filter((key) =>
        !expected.has(key) && !(key.startsWith(`${HONEST}/`) && key.includes(`/${FINDINGS_FOLDER}`))),
      rejected: await codesOf(index),
      memory: {
        early: memory[Math.floor(memory.length / 5)] ?? NaN, late: memory.at(-1) ?? NaN, most: Math.max(...memory),
      },
    };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function residentMegabytes(pid: number | undefined): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1000;
}

async function codesOf(index: SqliteIndex): Promise<ReadonlyMap<string, number>> {
  const codes = new Map<string, number>();
  let before: string | undefined;
  do {
    const page = await index.rejected({ limit: 500, ...(before === undefined ? {} : { before }) });
    for (const { code } of page.rows) codes.set(code, (codes.get(code) ?? 0) + 1);
    before = page.next;
  } while (before !== undefined);
  return codes;
}
