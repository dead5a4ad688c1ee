/** What a fleet makes of what arrives. */
import { cpus } from 'node:os';
import { measureChain } from './chain.ts';
import type { Depth } from './depth.ts';
import { measureFleetEvents } from './fleet-events.ts';
import { measureHostile } from './hostile.ts';
import { measureIndex } from './index-rows.ts';
import { measureClipIngest, measurePictures } from './ingest.ts';
import { measureReplicas } from './replicas.ts';
import { table } from './table.ts';

export async function* fleetIndex(): AsyncGenerator<string> {
  const { rows, gigabytes, buildSeconds, wasCold, lists } = await measureIndex(
    { rows: 10_000_000, devices: 1000 }, 100, Math.random,
  );
  const from = wasCold
    ? 'from a disk of which nothing is in memory yet'
    : 'while the system still has much of it in memory';
  yield `${rows} rows of 1,000 devices in ${gigabytes.toFixed(1)} GB, built in ${buildSeconds.toFixed(0)} s; `
    + `milliseconds for 100 lists of each sort, ${from}`;
  yield table(['list', 'rows', 'median', 'worst'], lists.map(({ what, found, median, worst }) =>
    [what, `${found}`, median.toFixed(1), worst.toFixed(1)]));
}

const HOSTILE_SEED = 1;

export async function* hostile(): AsyncGenerator<string> {
  const { hostile: count, honest, accepted, visible, strays, rejected, memory } = await measureHostile(
    1000, HOSTILE_SEED,
  );
  const { early, late, most } = memory;
  yield `${count} hostile deliveries: ${visible.length} visible, ${strays.length} files in the library that belong to none; of ${honest} honest events among them ${accepted} accepted; `
    + `memory ${early.toFixed(0)} MB after a fifth, ${late.toFixed(0)} MB at the end, ${most.toFixed(0)} MB at most\n`;
  yield table(['rejected', 'times'], [...rejected].toSorted(([, a], [, b]) => b - a)
    .map(([code, times]) => [code, String(times)]));
}

export async function* ingest({ runs }: Depth): AsyncGenerator<string> {
  const { bytes, decodeMs, ingestMs } = await measureClipIngest(Math.max(runs, 5));
  yield `Taken in by the fleet: a sealed clip of ${(bytes / 1e6).toFixed(1)} MB with its pictures in `
    + `${ingestMs.toFixed(0)} ms, decoding it once in ${decodeMs.toFixed(0)} ms: `
    + `${(ingestMs / decodeMs).toFixed(2)} times\n`;
  const { perMinute, cpuMs } = await measurePictures(500);
  yield `events with a picture alone: ${perMinute.toFixed(0)} a minute, each ${cpuMs.toFixed(0)} ms of processor: `
    + `${(cpus().length * 60_000 / cpuMs).toFixed(0)} a minute where nothing else wants it\n`;
}

export async function* fleetEvents(): AsyncGenerator<string> {
  yield '10,000 events of 20 devices, the receiver away at first: events noted and messages told, in a second';
  const rows: string[][] = [];
  for await (const { what, noted, told: rate, twice, missing, inOrder } of measureFleetEvents(10_000)) {
    rows.push([what, noted.toFixed(0), rate.toFixed(0), `${missing}`, `${twice}`, inOrder ? 'yes' : 'NO']);
  }
  yield table(['receiver', 'noted', 'told', 'missing', 'twice', 'in order'], rows);
}

export async function* replicas(): AsyncGenerator<string> {
  const measured = await measureReplicas(2000);
  if (typeof measured === 'string') return yield `Replicas: left out: ${measured}\n`;
  const { objects, folder, server, missing, surplus, memory: [before, most] } = measured;
  yield `Replicas: ${folder.toFixed(0)} events a second to a folder while the server is away, `
    + `${server.toFixed(0)} to the server, its pauses included\n`;
  yield `of ${objects} objects ${missing} are missing somewhere, ${surplus} are too many; `
    + `memory ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most\n`;
}

export async function* chain({ full }: Depth): AsyncGenerator<string> {
  const measured = await measureChain(full ? 10_000 : 1000, 50);
  if (typeof measured === 'string') return yield `From queue to library: left out: ${measured}\n`;
  const { events, cuts, seconds, missing, strays, left, rejected, memory } = measured;
  yield `${events} events, the line cut ${cuts} times, the server killed, the key withdrawn, `
    + `the fleet killed ${measured.kills} times: all taken after ${seconds.toFixed(0)} s\n`;
  yield `library: ${measured.rows} rows; ${missing.length} events missing or not whole, `
    + `${strays.length} files too many, ${rejected} rejected; ${left.length} objects left in the landing\n`;
  yield `memory of the uploader: ${memory.early.toFixed(0)} MB early, ${memory.late.toFixed(0)} MB late, `
    + `${memory.most.toFixed(0)} MB at most\n`;
}
