/** Hostile deliveries by the thousand, with honest ones among them: what becomes visible, and what ingest grows to. */
import { millis, seconds } from '../../device/core/units.ts';
import { silentLog } from '../../device/core/log.ts';
import { Ingest } from '../../fleet/ingest/ingest.ts';
import { eventually } from '../eventually.ts';
import { IngestBench } from '../fleet/bench.ts';
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
  /** Megabytes, resident, once a fifth was dealt with, at the end, and at most. */
  readonly memory: { readonly early: number; readonly late: number; readonly most: number };
}

const PORTION = 50;
const HONEST = 'yard';

export async function measureHostile(count: number, seed: number): Promise<HostileResult> {
  const footage = { clip: await makeClip(1, '160x120'), picture: await makePicture('160x120') };
  await using bench = await IngestBench.open({ limits: { wait: millis(1), orphansAfter: millis(1) } });
  const stop = new AbortController();
  const running = new Ingest({ ...bench.parts, poll: millis(200), log: silentLog }).run(stop.signal);
  const sound = new Map<string, readonly string[]>();
  const memory: number[] = [];
  let portion: (readonly [string, Uint8Array])[][] = [];
  const dealWith = async (): Promise<void> => {
    for (const objects of portion) await land(bench.landing, objects);
    portion = [];
    const { event, objects } = uploadOf({ ...footage, clip: sealed(footage.clip) }, { device: HONEST, at: Date.parse('2026-11-21T00:00:00Z') + sound.size * 60_000 });
    sound.set(`${HONEST} ${event.id}`, [...objects.keys()]);
    await land(bench.landing, objects);
    await Promise.race([eventually('an empty landing', () => bench.isEmpty(), seconds(300)), running]);
    memory.push(process.memoryUsage.rss() / 1e6);
  };
  for (const { objects } of hostileObjects(footage, HONEST, count, seed)) {
    portion.push([...objects]);
    if (portion.length === PORTION) await dealWith();
  }
  await dealWith();
  stop.abort();
  await running.catch(() => {}); // it obeyed
  const accepted = await bench.accepted;
  const expected = new Set([...sound.values()].flat());
  return {
    hostile: count, honest: sound.size, accepted: accepted.filter((one) => sound.has(one)).length, visible: accepted.filter((one) => !sound.has(one)),
    strays: (await bench.files('library')).filter((key) => !expected.has(key)), rejected: await codesOf(bench),
    memory: { early: memory[Math.floor(memory.length / 5)] ?? NaN, late: memory.at(-1) ?? NaN, most: Math.max(...memory) },
  };
}

async function codesOf(bench: IngestBench): Promise<ReadonlyMap<string, number>> {
  const codes = new Map<string, number>();
  let before: string | undefined;
  do {
    const page = await bench.parts.register.rejected({ limit: 500, ...(before === undefined ? {} : { before }) });
    for (const { code } of page.rows) codes.set(code, (codes.get(code) ?? 0) + 1);
    before = page.next;
  } while (before !== undefined);
  return codes;
}
