/**
 * Ten thousand events to a real S3 server: the line cut fifty times, the server killed, the
 * key withdrawn, the device killed.
 */
import { UploadTrial } from '../fixtures/upload-trial.ts';
import { radosgwMissing, sharedRadosGateway } from '../servers/radosgw.ts';

const CLIP_BYTES = 20_000;
const CUTS = 50;
/** What is loaded at the start and given back is not growth. */
const SETTLED_AFTER = 0.1;

export interface UploadResult {
  readonly events: number;
  readonly cuts: number;
  readonly seconds: number;
  /** Objects in the landing, and how many are missing, too many, or other than they should be. */
  readonly objects: number;
  readonly wrong: number;
  /** Events that were put aside: none should be. */
  readonly dead: number;
  /** Resident memory in MB, medians of the first and last tenth after it has settled, and the most. */
  readonly memory: { readonly early: number; readonly late: number; readonly most: number };
}

/** @returns Why it cannot be measured here, otherwise. */
export async function measureUpload(events: number): Promise<UploadResult | string> {
  const missing = radosgwMissing();
  if (missing !== undefined) return missing;
  const rgw = await sharedRadosGateway();
  await using trial = await UploadTrial.begin(rgw, events, CLIP_BYTES);
  const began = performance.now();
  for (let cut = 1; cut <= CUTS; cut++) {
    // Clips go last: by then every event has its manifest, and `uploaded` counts.
    await trial.until(`cut ${cut}`, ({ uploaded }) => uploaded >= (cut - 1) * (events / CUTS) * 0.99, 600_000);
    await trial.cut();
    if (cut === 20) await trial.killServer();
    if (cut === 35) await trial.withdrawKey();
  }
  await trial.until('all has gone', ({ uploaded }) => uploaded === events, 600_000);
  const seconds = (performance.now() - began) / 1000;
  const { wrong, objects } = await trial.find();
  const settled = trial.memory.filter(({ uploaded }) => uploaded > events * SETTLED_AFTER)
    .map(({ bytes }) => bytes / 1e6);
  const tenth = Math.ceil(settled.length / 10);
  return {
    events, cuts: CUTS, seconds, objects, wrong: wrong.length, dead: trial.status?.dead ?? NaN,
    memory: { early: median(settled.slice(0, tenth)), late: median(settled.slice(-tenth)), most: Math.max(...settled) },
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
