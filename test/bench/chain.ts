/** Events by the thousand from a device's queue to a fleet's library, over everything that goes wrong in between. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FINDINGS_FOLDER } from '../../device/contract/fleet-findings.ts';
import { mailFolderOf } from '../../device/contract/mail.ts';
import { SqliteIndex } from '../../fleet/index/sqlite-index.ts';
import { ROOT, run, type Running } from '../e2e/processes.ts';
import { filesBelow } from '../files-below.ts';
import { RealEvents } from '../fixtures/real-events.ts';
import { UploadTrial } from '../fixtures/upload-trial.ts';
import { makeClip, makePicture, sealed } from '../fleet/footage.ts';
import { radosgwMissing, sharedRadosGateway } from '../servers/radosgw.ts';

const never = new AbortController().signal;

export interface ChainResult {
  readonly events: number;
  readonly cuts: number;
  /** How often the fleet was killed. */
  readonly kills: number;
  readonly seconds: number;
  /** Rows in the index, and events that have none or more than one. */
  readonly rows: number;
  readonly missing: readonly string[];
  /** Files in the library that no event speaks of; objects in the landing that are no answers. */
  readonly strays: readonly string[];
  readonly left: readonly string[];
  readonly rejected: number;
  /** Resident memory of the uploader in MB. */
  readonly memory: { readonly early: number; readonly late: number; readonly most: number };
}

/** @returns Why it cannot be measured here, otherwise. */
export async function measureChain(events: number, cuts: number): Promise<ChainResult | string> {
  const why = radosgwMissing();
  if (why !== undefined) return why;
  const rgw = await sharedRadosGateway();
  const home = await mkdtemp(path.join(tmpdir(), 'tyto-chain-'));
  const footage = path.join(home, 'footage');
  await mkdir(footage);
  await writeFile(path.join(footage, 'clip.mp4'), sealed(await makeClip(2, '160x120')));
  await writeFile(path.join(footage, 'picture.jpg'), await makePicture('160x120'));
  let fleet: Running | undefined;
  try {
    await using trial = await UploadTrial.begin(rgw, events, { footage });
    const startFleet = (): Running => run(process.execPath, [
      path.join(ROOT, 'fleet/main.ts'), 'serve', '--landing', `s3://${trial.bucket}/`, '--data',
      path.join(home, 'fleet'), '--port', '0',
    ], {
      TYTO_FLEET_S3_ENDPOINT: rgw.endpoint, TYTO_FLEET_S3_ACCESS_KEY_ID: trial.access.owner.accessKeyId,
      TYTO_FLEET_S3_SECRET_ACCESS_KEY: trial.access.owner.secretAccessKey,
    });
    fleet = startFleet();
    const began = performance.now();
    let kills = 0;
    for (let cut = 1; cut <= cuts; cut++) {
      await trial.until(`cut ${cut}`, ({ uploaded }) => uploaded >= (cut - 1) * (events / cuts) * 0.98, 3_600_000);
      await trial.cut();
      if (cut === Math.ceil(cuts * 0.4)) await trial.killServer();
      if (cut === Math.ceil(cuts * 0.7)) await trial.withdrawKey();
      if (cut % 10 === 0) {
        await fleet.stop('SIGKILL');
        fleet = startFleet();
        kills++;
      }
    }
    await trial.until('the fleet has taken all', ({ acknowledged }) => acknowledged === events, 7_200_000);
    const seconds = (performance.now() - began) / 1000;
    await fleet.stop();
    const memory = trial.memory.filter(({ uploaded }) => uploaded > events / 10).map(({ bytes }) => bytes / 1e6);
    return {
      events, cuts, kills, seconds, ...await found(trial, path.join(home, 'fleet'), new RealEvents(footage), events),
      memory: { early: memory[0] ?? NaN, late: memory.at(-1) ?? NaN, most: Math.max(...memory) },
    };
  } finally {
    await fleet?.[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  }
}

async function found(
  trial: UploadTrial, data: string, real: RealEvents, events: number,
): Promise<Pick<ChainResult, 'rows' | 'missing' | 'strays' | 'left' | 'rejected'>> {
  using index = SqliteIndex.open(path.join(data, 'index.db'));
  const rows: string[] = [];
  for (let before: string | undefined; ;) {
    const page = await index.events({ limit: 500, ...(before === undefined ? {} : { before }) });
    rows.push(...page.rows.map(({ event }) => event.id));
    before = page.next;
    if (before === undefined) break;
  }
  const files = new Set(await filesBelow(path.join(data, 'library')));
  const missing: string[] = [];
  const ids = new Set(rows);
  for (let n = 1; n <= events; n++) {
    const { event, objects } = real.upload(n);
    if (!ids.has(event.id) || ![...objects.keys()].every((key) => files.delete(key))) missing.push(event.id);
  }
  using landing = trial.landing(trial.access.owner);
  const left: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await landing.list('', cursor, never);
    left.push(...page.entries.map(({ key }) => key).filter((key) => mailFolderOf(key) !== 'answers'));
    cursor = page.next;
    if (cursor === undefined) break;
  }
  const { rows: rejected } = await index.rejected({ limit: 200 });
  const strays = [...files].filter((key) => !key.includes(`/${FINDINGS_FOLDER}`));
  return { rows: rows.length, missing, left, rejected: rejected.length, strays };
}
