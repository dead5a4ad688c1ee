/** What a device does with what it saw: live view, recording, catalogue, words and uploads. */
import path from 'node:path';
import { measureCatalogue } from './catalogue.ts';
import type { Depth } from './depth.ts';
import { measureKills } from './kills.ts';
import { measureLatency } from './latency.ts';
import { measureLive } from './live.ts';
import { measureMemory } from './memory.ts';
import type { Command } from './project.ts';
import { outputOf } from './run.ts';
import { table } from './table.ts';
import { measureTold } from './told.ts';
import { measureUpload } from './upload.ts';

/** As often as it takes to meet the stream at any place between two keyframes. */
const OPENINGS = 10;

export async function* live(): AsyncGenerator<string> {
  const times = await measureLive(OPENINGS);
  if (typeof times === 'string') return yield `Live: left out: ${times}\n`;
  yield `Live picture in Chromium, the whole device on this machine: milliseconds; ${OPENINGS} openings, ${times.lag.length} pictures`;
  const row = (what: string, values: readonly number[]): readonly string[] => {
    const sorted = values.toSorted((a, b) => a - b);
    return [what, (sorted[sorted.length >> 1] ?? NaN).toFixed(0), (sorted.at(-1) ?? NaN).toFixed(0)];
  };
  yield table(['', 'median', 'worst'], [
    row('first picture after the page was asked for', times.page),
    row('first picture after the live view was opened', times.view),
    row('from a picture\'s taking to its showing', times.lag),
  ]);
}

export async function* latency({ runs }: Depth): AsyncGenerator<string> {
  const delays = (await measureLatency(runs, Math.random)).toSorted((a, b) => a - b);
  const [median, longest] = [delays[delays.length >> 1] ?? NaN, delays.at(-1) ?? NaN];
  yield `From the picture to MQTT, 10 looks a second: median ${median.toFixed(0)} ms, `
    + `longest ${longest.toFixed(0)} ms of ${delays.length}\n`;
}

export async function* kills({ runs }: Depth): AsyncGenerator<string> {
  const { kills: killed, files, unplayable } = await measureKills(runs, Math.random);
  yield 'Killed with SIGKILL while it recorded: seconds from the last picture on the disk to the kill';
  yield table(
    ['killed', 'times', 'median', 'longest'],
    killed
      .filter(({ losses }) => losses.length > 0)
      .map(({ victim, losses }) => [
        victim,
        `${losses.length}`,
        (losses.toSorted((a, b) => a - b)[losses.length >> 1] ?? NaN).toFixed(2),
        Math.max(...losses).toFixed(2),
      ]),
  );
  yield `${files} files, ${unplayable.length} of them do not play\n${unplayable.map((why) => `  ${why}\n`).join('')}`;
}

interface EncryptionStep { readonly encryptMs: number; readonly decryptMs: number; readonly beginMs: number }

/**
 * OpenSSL's own switch: the AES instructions of an x64 processor are not used, as on a
 * Raspberry Pi up to 4, which has none.
 */
const WITHOUT_AES = ['env', 'OPENSSL_ia32cap=~0x200000200000000'] as const;

export async function* encrypt(): AsyncGenerator<string> {
  const own = [process.execPath, path.join(import.meta.dirname, 'encryption-step.ts')] as const;
  const measured = async (what: string, run: Command): Promise<readonly string[]> => {
    const { encryptMs, decryptMs, beginMs } = JSON.parse(await outputOf(run)) as EncryptionStep;
    return [what, encryptMs.toFixed(2), decryptMs.toFixed(2), beginMs.toFixed(2)];
  };
  const rows = [await measured('as it is', own)];
  if (process.arch === 'x64') rows.push(await measured('without AES instructions', [...WITHOUT_AES, ...own]));
  yield 'Encrypted recording: milliseconds of CPU for a megabyte, and for the beginning of a clip with two recipients';
  yield table(['processor', 'encrypt', 'decrypt', 'begin'], rows);
}

export async function* told(): AsyncGenerator<string> {
  const { events, noted, bytes, rate, inOrder, twice } = await measureTold(10_000);
  yield `${events} events while a webhook is down: each noted in ${noted.median.toFixed(1)} ms (median), `
    + `${noted.most.toFixed(0)} ms at most; outbox ${(bytes / 1e6).toFixed(1)} MB\n`;
  yield `then ${rate.toFixed(0)} deliveries a second; ${inOrder ? 'all, in order'
    : 'NOT all in order'}; ${twice} twice\n`;
}

export async function* catalogue(): AsyncGenerator<string> {
  const { events, megabytes, firstPage, pages, starts } = await measureCatalogue(1_000_000, 50, Math.random);
  yield `${events} events in ${megabytes.toFixed(0)} MB; milliseconds for 50 pages of 100 of each sort, `
    + `the newest and the oldest among them; the very first: ${firstPage.toFixed(1)}`;
  yield table(['list', 'rows', 'median', 'worst'], pages.map(({ what, found, median, worst }) =>
    [what, `${found}`, median.toFixed(1), worst.toFixed(1)]));
  yield `a start until recording may begin: ${starts.first.toFixed(2)} s where no day was ever compared with the disk, `
    + `${starts.next.toFixed(2)} s at the next one\n`;
}

export async function* upload(): AsyncGenerator<string> {
  const measured = await measureUpload(10_000);
  if (typeof measured === 'string') return yield `Uploads: left out: ${measured}\n`;
  const { events, cuts, seconds, objects, wrong, dead, memory } = measured;
  yield `${events} events, the line cut ${cuts} times, the server killed, the key withdrawn: `
    + `all gone after ${seconds.toFixed(0)} s\n`;
  yield `landing: ${objects} objects, ${wrong} of them wrong or missing; ${dead} events put aside\n`;
  yield `memory of the uploader: ${memory.early.toFixed(0)} MB early, ${memory.late.toFixed(0)} MB late, `
    + `${memory.most.toFixed(0)} MB at most\n`;
}

export async function* deviceMemory({ minutes }: Depth): AsyncGenerator<string> {
  yield `Resident memory in MB of a device on the demo camera, its time running eight times as fast, for ${minutes} minutes`;
  const { rows, events } = await measureMemory(minutes);
  yield table(
    ['process', 'early', 'late', 'most', 'growth an hour'],
    rows.map(({ process, early, late, most, growth }) =>
      [process, ...[early, late, most, growth].map((value) => value.toFixed(0))]),
  );
  yield `${events} events were recorded and uploaded meanwhile\n`;
}
