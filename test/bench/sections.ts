/** The tables that `npm run bench` prints, each as text that is ready when it is measured. */
import { cpus } from 'node:os';
import path from 'node:path';
import {
  type MadeClip, busyClip, constantRateClip, forwardClip, noisyBusyClip, noisyQuietClip, quietClip, visitedClip,
} from './clips.ts';
import { measureCatalogue } from './catalogue.ts';
import { measureCost, measureMotionProgram, type CostRow } from './cost.ts';
import { compareDecoding } from './decode-gate.ts';
import { measureFaces, portrait } from './faces.ts';
import { measureFleetEvents } from './fleet-events.ts';
import { OpencvPeers } from './opencv-peers.ts';
import { measureIndex } from './index-rows.ts';
import { measureHostile } from './hostile.ts';
import { measureKills } from './kills.ts';
import { measureClipIngest, measurePictures } from './ingest.ts';
import { measureLatency } from './latency.ts';
import { measureLive } from './live.ts';
import { measureMemory } from './memory.ts';
import { note } from './progress.ts';
import { footageOf, type Command } from './project.ts';
import {
  conditions,
  measureEmpty,
  measureEmptyByMotion,
  measureFromLaterPictures,
  measureMotion,
  type EmptyTotal,
  type Quality,
} from './quality.ts';
import { measureReplicas } from './replicas.ts';
import { outputOf } from './run.ts';
import type { SectionName } from './section-subjects.ts';
import { table } from './table.ts';
import { measureSteady } from './steady.ts';
import { measureTold } from './told.ts';
import { measureChain } from './chain.ts';
import { measureUpload } from './upload.ts';

interface Depth {
  readonly runs: number;
  readonly full: boolean;
  readonly minutes: number;
}
type Section = (depth: Depth) => AsyncIterable<string>;

const NO_OPENCV = 'Others are left out: no Python with OpenCV is installed (apt-get install python3-opencv)\n';
const NO_MOTION = 'Motion is left out: it is not installed (apt-get install motion)\n';
const NO_FOOTAGE = 'left out: there is no real footage with ground truth here (TYTO_BENCH_DATA names a folder of it)\n';

export const sections: Readonly<Record<SectionName, Section>> = {
  motion,
  cost,
  steady,
  decode,
  step,
  faces,
  live,
  latency,
  kills,
  encrypt,
  told,
  catalogue,
  index: fleetIndex,
  hostile,
  ingest,
  events: fleetEvents,
  replicas,
  chain,
  upload,
  memory: deviceMemory,
};

async function* motion({ full }: Depth): AsyncGenerator<string> {
  if (footageOf('motion', '.mp4').length === 0) return yield `Motion: ${NO_FOOTAGE}`;
  const opencv = OpencvPeers.find();
  if (opencv === undefined) yield NO_OPENCV;
  yield 'Objects found / boxes on nothing per 100 frames; real sequences at 5 frames a second';
  yield byCondition(
    [...(await measureMotion(opencv)), ...[(await measureFromLaterPictures()) ?? []].flat()],
    ({ objects, hits, frames, falseBoxes }) =>
      `${(hits / objects).toFixed(3)}/${((100 * falseBoxes) / frames).toFixed(0)}`,
  );
  yield 'Empty scenes: false events a minute / share of the time in alarm';
  yield byCondition(
    await measureEmpty(opencv),
    ({ events, minutes, alarmFrames, frames }) =>
      `${perMinute({ events, minutes })}/${((100 * alarmFrames) / frames).toFixed(1)} %`,
  );
  if (!full) return;
  const program = await measureEmptyByMotion();
  yield program === undefined ? NO_MOTION : byCondition([program], perMinute);
}

async function* cost({ runs, full }: Depth): AsyncGenerator<string> {
  const opencv = OpencvPeers.find();
  if (opencv === undefined) yield NO_OPENCV;
  const clips: MadeClip[] = [];
  for (const make of [busyClip, forwardClip, quietClip, noisyBusyClip, noisyQuietClip]) clips.push(await make());
  yield `CPU seconds (user and system, of all processes, starts included) for a minute of 1280x720; medians of ${runs}`;
  for (const clip of clips) yield `  ${clip.name}: ${clip.what}`;
  const rows: CostRow[] = [];
  for (const clip of clips) rows.push(...measureCost(clip, runs, opencv));
  if (full) rows.push(...clips.flatMap((clip) => measureMotionProgram(clip) ?? []));
  yield table(
    ['clip', '', 'CPU s', 'ratio'],
    rows.map(({ clip, what, cpu, ratio }) => [clip, what, cpu.toFixed(2), ratio.toFixed(2)]),
  );
  if (full && !rows.some(({ what }) => what.startsWith('Motion'))) yield NO_MOTION;
}

async function* steady({ minutes }: Depth): AsyncGenerator<string> {
  const clip = await quietClip();
  const { rows, decodePercent } = await measureSteady(clip, minutes);
  yield `A device at a camera that sends ${clip.what}, in percent of one processor\n`;
  yield table(['', '%'], rows.map(({ process, percent }) => [process, percent.toFixed(2)]));
  yield `ffmpeg that decodes all of it: ${decodePercent.toFixed(2)} %\n`;
}

async function* decode(): AsyncGenerator<string> {
  yield 'vision.decode auto against full: looks, events, seconds between the starts of the same event at most';
  const made = [await busyClip(), await quietClip(), await visitedClip(), await constantRateClip()].map(
    ({ name, file }) => [name, file] as const,
  );
  const real = footageOf('motion', '.clean.mp4').map((file) => [path.basename(file, '.mp4'), file] as const);
  const rows: string[][] = [];
  for (const [name, file] of [...made, ...real]) {
    note(name);
    const { looksAuto, looksFull, eventsAuto, eventsFull, latestStart } = await compareDecoding(file);
    rows.push([name, `${looksAuto} of ${looksFull}`, `${eventsAuto} of ${eventsFull}`, latestStart?.toFixed(1) ?? '-']);
  }
  yield table(['clip', 'looks', 'events', 'start'], rows);
}

async function* step(): AsyncGenerator<string> {
  const { startMs, cpuMsPerFrame, residentMegabytes } = JSON.parse(
    await outputOf([process.execPath, path.join(import.meta.dirname, 'vision-step.ts')]),
  ) as VisionStep;
  const memory = `process of ${residentMegabytes.toFixed(0)} MB`;
  yield `A look at 160x88: ${cpuMsPerFrame.toFixed(3)} ms CPU; starts in ${startMs.toFixed(0)} ms; ${memory}\n`;
}

async function* faces(): AsyncGenerator<string> {
  const quality = await measureFaces();
  if (quality === undefined) return yield `Faces: ${NO_FOOTAGE}`;
  const { boxed, counted, without } = quality;
  yield 'Faces in photographs';
  yield table(
    ['known by', 'faces', 'result'],
    [
      ['boxes', `${boxed.faces}`, `${boxed.found} found, ${boxed.extra} false`],
      [
        'their number',
        `${counted.faces}`,
        `off by ${counted.off} (${((100 * counted.off) / counted.faces).toFixed(1)} %)`,
      ],
      ['none', `${without.pictures} pictures`, `${without.extra} false`],
    ],
  );
  const { cpuMsPerFace, addedMegabytes } = JSON.parse(
    await outputOf([process.execPath, path.join(import.meta.dirname, 'face-step.ts'), portrait()]),
  ) as FaceStep;
  const price = `${cpuMsPerFace.toFixed(0)} ms CPU; faces add ${addedMegabytes.toFixed(0)} MB`;
  yield `A look at what moves, with one face in it: ${price}\n`;
}

/** As often as it takes to meet the stream at any place between two keyframes. */
const OPENINGS = 10;

async function* live(): AsyncGenerator<string> {
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

interface EncryptionStep { readonly encryptMs: number; readonly decryptMs: number; readonly beginMs: number }

/**
 * OpenSSL's own switch: the AES instructions of an x64 processor are not used, as on a
 * Raspberry Pi up to 4, which has none.
 */
const WITHOUT_AES = ['env', 'OPENSSL_ia32cap=~0x200000200000000'] as const;

async function* encrypt(): AsyncGenerator<string> {
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

async function* told(): AsyncGenerator<string> {
  const { events, noted, bytes, rate, inOrder, twice } = await measureTold(10_000);
  yield `${events} events while a webhook is down: each noted in ${noted.median.toFixed(1)} ms (median), `
    + `${noted.most.toFixed(0)} ms at most; outbox ${(bytes / 1e6).toFixed(1)} MB\n`;
  yield `then ${rate.toFixed(0)} deliveries a second; ${inOrder ? 'all, in order'
    : 'NOT all in order'}; ${twice} twice\n`;
}

async function* fleetIndex(): AsyncGenerator<string> {
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

async function* catalogue(): AsyncGenerator<string> {
  const { events, megabytes, firstPage, pages, starts } = await measureCatalogue(1_000_000, 50, Math.random);
  yield `${events} events in ${megabytes.toFixed(0)} MB; milliseconds for 50 pages of 100 of each sort, `
    + `the newest and the oldest among them; the very first: ${firstPage.toFixed(1)}`;
  yield table(['list', 'rows', 'median', 'worst'], pages.map(({ what, found, median, worst }) =>
    [what, `${found}`, median.toFixed(1), worst.toFixed(1)]));
  yield `a start until recording may begin: ${starts.first.toFixed(2)} s where no day was ever compared with the disk, `
    + `${starts.next.toFixed(2)} s at the next one\n`;
}

const HOSTILE_SEED = 1;

async function* hostile(): AsyncGenerator<string> {
  const { hostile: count, honest, accepted, visible, strays, rejected, memory } = await measureHostile(
    1000, HOSTILE_SEED,
  );
  const { early, late, most } = memory;
  yield `${count} hostile deliveries: ${visible.length} visible, ${strays.length} files in the library that belong to none; of ${honest} honest events among them ${accepted} accepted; `
    + `memory ${early.toFixed(0)} MB after a fifth, ${late.toFixed(0)} MB at the end, ${most.toFixed(0)} MB at most\n`;
  yield table(['rejected', 'times'], [...rejected].toSorted(([, a], [, b]) => b - a)
    .map(([code, times]) => [code, String(times)]));
}

async function* ingest({ runs }: Depth): AsyncGenerator<string> {
  const { bytes, decodeMs, ingestMs } = await measureClipIngest(Math.max(runs, 5));
  yield `Taken in by the fleet: a sealed clip of ${(bytes / 1e6).toFixed(1)} MB with its pictures in `
    + `${ingestMs.toFixed(0)} ms, decoding it once in ${decodeMs.toFixed(0)} ms: `
    + `${(ingestMs / decodeMs).toFixed(2)} times\n`;
  const { perMinute, cpuMs } = await measurePictures(500);
  yield `events with a picture alone: ${perMinute.toFixed(0)} a minute, each ${cpuMs.toFixed(0)} ms of processor: `
    + `${(cpus().length * 60_000 / cpuMs).toFixed(0)} a minute where nothing else wants it\n`;
}

async function* fleetEvents(): AsyncGenerator<string> {
  yield '10,000 events of 20 devices, the receiver away at first: events noted and messages told, in a second';
  const rows: string[][] = [];
  for await (const { what, noted, told: rate, twice, missing, inOrder } of measureFleetEvents(10_000)) {
    rows.push([what, noted.toFixed(0), rate.toFixed(0), `${missing}`, `${twice}`, inOrder ? 'yes' : 'NO']);
  }
  yield table(['receiver', 'noted', 'told', 'missing', 'twice', 'in order'], rows);
}

async function* upload(): AsyncGenerator<string> {
  const measured = await measureUpload(10_000);
  if (typeof measured === 'string') return yield `Uploads: left out: ${measured}\n`;
  const { events, cuts, seconds, objects, wrong, dead, memory } = measured;
  yield `${events} events, the line cut ${cuts} times, the server killed, the key withdrawn: `
    + `all gone after ${seconds.toFixed(0)} s\n`;
  yield `landing: ${objects} objects, ${wrong} of them wrong or missing; ${dead} events put aside\n`;
  yield `memory of the uploader: ${memory.early.toFixed(0)} MB early, ${memory.late.toFixed(0)} MB late, `
    + `${memory.most.toFixed(0)} MB at most\n`;
}

async function* replicas(): AsyncGenerator<string> {
  const measured = await measureReplicas(2000);
  if (typeof measured === 'string') return yield `Replicas: left out: ${measured}\n`;
  const { objects, folder, server, missing, surplus, memory: [before, most] } = measured;
  yield `Replicas: ${folder.toFixed(0)} events a second to a folder while the server is away, `
    + `${server.toFixed(0)} to the server, its pauses included\n`;
  yield `of ${objects} objects ${missing} are missing somewhere, ${surplus} are too many; `
    + `memory ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most\n`;
}

async function* latency({ runs }: Depth): AsyncGenerator<string> {
  const delays = (await measureLatency(runs, Math.random)).toSorted((a, b) => a - b);
  const [median, longest] = [delays[delays.length >> 1] ?? NaN, delays.at(-1) ?? NaN];
  yield `From the picture to MQTT, 10 looks a second: median ${median.toFixed(0)} ms, `
    + `longest ${longest.toFixed(0)} ms of ${delays.length}\n`;
}

async function* kills({ runs }: Depth): AsyncGenerator<string> {
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

interface VisionStep {
  readonly startMs: number;
  readonly cpuMsPerFrame: number;
  readonly residentMegabytes: number;
}
interface FaceStep {
  readonly cpuMsPerFace: number;
  readonly addedMegabytes: number;
}

async function* deviceMemory({ minutes }: Depth): AsyncGenerator<string> {
  yield `Resident memory in MB of a device on the demo camera, its time running eight times as fast, for ${minutes} minutes`;
  const { rows, events } = await measureMemory(minutes);
  yield table(
    ['process', 'early', 'late', 'most', 'growth an hour'],
    rows.map(({ process, early, late, most, growth }) =>
      [process, ...[early, late, most, growth].map((value) => value.toFixed(0))]),
  );
  yield `${events} events were recorded and uploaded meanwhile\n`;
}

const byCondition = <Score>(qualities: readonly Quality<Score>[], show: (score: Score) => string): string =>
  table(
    ['', ...conditions],
    qualities.map(({ detector, scores }) => [
      detector,
      ...conditions.map((condition) => {
        const score = scores.get(condition);
        return score === undefined ? '-' : show(score);
      }),
    ]),
  );

const perMinute = ({ events, minutes }: Pick<EmptyTotal, 'events' | 'minutes'>): string =>
  (events / minutes).toFixed(1);

async function* chain({ full }: Depth): AsyncGenerator<string> {
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
