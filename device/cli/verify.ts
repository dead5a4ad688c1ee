import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { manifestFiles, manifestSchema } from '../contract/manifest.ts';
import type { MediaFile } from '../contract/event.ts';
import { parseMediaFileName } from '../contract/names.ts';
import { dataFolder } from '../config/load-settings.ts';
import { ConfigError, describeError, DeviceError, UsageError } from '../core/errors.ts';
import { jsonIn } from '../core/json-in.ts';
import { isPublicKey, KEY_FILE, readDeviceKey } from '../evidence/device-key.ts';
import { verifyClip, type ClipReport } from '../recorder/verify-clip.ts';
import { print } from '../runtime/print.ts';
import { openKeyFile } from '../vault/key-file.ts';
import { readArguments } from './arguments.ts';
import { askPassword } from './ask-password.ts';
import { isBeingRecorded } from './being-recorded.ts';
import { ProgressLine } from './progress-line.ts';

const HELP = `Usage: tyto verify FILE|FOLDER... [--json] [--manifest FILE] [--key KEY]

Says of each clip whether it is whole: its structure, that its fragments follow each other,
that all of it decodes, its SHA-256, and what the seals in it prove. Changes nothing.
Of an encrypted clip all but decoding needs no key.
Of a folder, each .mp4 in it and in the folders below is looked at, and one line says of each
that is intact so; hidden files, links and previews of events are passed over. A summary comes last.
At a terminal a line says how far it is: each clip is decoded, some seconds of work a minute of video.

  --manifest FILE   compare size and SHA-256 of the one file with this manifest; without it, a
                    manifest that lies beside a clip is used
  --key KEY         the device's public key, as \`tyto verify\` on the device itself names it:
                    a clip that another key has sealed is not intact
  --open-with FILE  decode encrypted clips too, with the private key of a fleet, or with
                    playback.key from a device's data folder: its password is then asked for
  --json            print one JSON object a file

Exit code 0 when every clip is intact, 1 when one is not; 2 when none is damaged, but in some
nothing can be proved: clips without seals, and ordinary videos, which are no clips of Tyto.
A clip that breaks off between two fragments, as after a crash, is intact as far as it goes; it
is said that its end is missing, or, in the folder of a device that runs, that it is still being
recorded.
`;

/** Beside 0; higher ones are those of `EXIT`. */
const NOT_INTACT = 1;
const UNPROVED = 2;

/** `tyto verify` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values, positionals } = readArguments('verify', args, {
    json: { type: 'boolean' }, manifest: { type: 'string' }, key: { type: 'string' }, 'open-with': { type: 'string' },
  });
  if (values.help === true) return void print(HELP);
  if (positionals.length === 0)
    throw new UsageError('tyto verify needs a file or a folder; `tyto verify --help` explains it');
  if (values.key !== undefined && !isPublicKey(values.key)) {
    throw new UsageError(`--key: ${values.key} is no public key (43 characters: letters, digits, - and _), as \`tyto verify\` prints it`);
  }
  const places = await Promise.all(positionals.map(clipsAt));
  const isMany = places.some(({ isFolder }) => isFolder);
  const files = places.flatMap((place) => place.files);
  if (values.manifest !== undefined && (isMany || files.length > 1)) {
    throw new UsageError('--manifest speaks of one file; manifests that lie beside clips are used by themselves');
  }
  // Only to recognise this device's own: without it a clip is proved just as well.
  const own = (await readDeviceKey(path.join(dataFolder(), KEY_FILE)).catch(() => undefined))?.publicKey;
  const keyFile = values['open-with'];
  const opener = keyFile === undefined ? undefined : await openKeyFile(keyFile, () => askPassword(signal));
  const counts = new VerifyCounts();
  const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size, () => 0)));
  // One file is done in seconds, or is decoded by a program that does not tell how far it is.
  using progress = files.length > 1 ? new ProgressLine({ files: files.length, bytes: sum(sizes) }) : undefined;
  for (const [index, file] of files.entries()) {
    const expected = { file: await expectationOf(file, values.manifest), key: values.key, opener };
    const wasRecorded = await isBeingRecorded(file); // it may end while it is looked at
    const report = await verifyClip(file, expected, signal).catch((error: unknown) => {
      if (!isMany) throw error;
      return unreadable(error);
    });
    const say = (): void => {
      if (report === 'gone') return;
      const grows = wasRecorded && !('trouble' in report) && report.seals.state === 'cut';
      counts.add(report, grows);
      if ('trouble' in report) process.stderr.write(`tyto: ${report.trouble}\n`);
      else if (values.json === true) print(`${JSON.stringify(report)}\n`);
      else if (isMany && report.intact) print(`${file}: ${inAWord(report, grows)}\n`);
      else print(describe(report, { own, grows }));
    };
    if (progress === undefined) say();
    else progress.done(sizes[index] ?? 0, say);
  }
  progress?.[Symbol.dispose]();
  if (isMany && values.json !== true) print(`${counts.summary()}\n`);
  process.exitCode = counts.damaged > 0 ? NOT_INTACT : counts.unproved > 0 ? UNPROVED : 0;
}

const sum = (sizes: readonly number[]): number => sizes.reduce((all, one) => all + one, 0);

/**
 * A file of a folder that cannot be read: the others can. In a folder that is in use, old ones may be deleted
 * meanwhile.
 */
function unreadable(error: unknown): { readonly trouble: string } | 'gone' {
  if (error instanceof ConfigError && error.code === 'verify.no-file') return 'gone';
  if (error instanceof DeviceError && error.code !== 'media.tool-missing') return { trouble: describeError(error) };
  throw error;
}

/** How many of the files are what. */
class VerifyCounts {
  #intact = 0;
  /** Of the intact ones. */
  #cut = 0;
  #growing = 0;
  damaged = 0;
  /** Whole, as far as anybody can tell. */
  #unsealed = 0;
  /** They play, and are no clips of ours. */
  #foreign = 0;

  get unproved(): number { return this.#unsealed + this.#foreign; }

  add(report: ClipReport | { readonly trouble: string }, grows: boolean): void {
    if ('trouble' in report) this.damaged++;
    else if (isUnproved(report)) this.#unsealed++;
    else if (report.intact) {
      this.#intact++;
      if (grows) this.#growing++;
      else if (report.seals.state === 'cut') this.#cut++;
    } else if (isSoundVideo(report) && report.expected !== 'different') this.#foreign++;
    else this.damaged++;
  }

  summary(): string {
    const total = this.#intact + this.damaged + this.unproved;
    const whose = this.#cut === 1 ? 'its' : 'their';
    const endless = [
      ...(this.#growing > 0 ? [`${this.#growing} still being recorded`] : []),
      ...(this.#cut > 0 ? [`${this.#cut} without ${whose} end`] : []),
    ].join(', ');
    const parts = [
      `${this.#intact} intact${endless === '' ? '' : ` (${endless})`}`,
      ...(this.damaged > 0 ? [`${this.damaged} NOT intact`] : []),
      ...(this.#unsealed > 0 ? [`${this.#unsealed} not sealed`] : []),
      ...(this.#foreign > 0 ? [`${this.#foreign} no ${this.#foreign === 1 ? 'clip' : 'clips'} of Tyto`] : []),
    ];
    return `${total} ${total === 1 ? 'file' : 'files'}: ${parts.join(', ')}`;
  }
}

/** Nothing is wrong with it; but anybody who took the seals out could have changed it before. */
const isUnproved = ({ intact, seals, expected }: ClipReport): boolean =>
  intact && seals.state === 'none' && expected !== 'same';

function inAWord(report: ClipReport, grows: boolean): string {
  if (isUnproved(report)) return 'whole, but not sealed: nothing proves it';
  if (report.intact && grows) return 'intact as far as it goes, still being recorded';
  if (report.intact) return report.seals.state === 'cut' ? 'intact as far as it goes, its end is missing' : 'intact';
  return isSoundVideo(report) ? 'no clip of Tyto' : 'NOT intact';
}

/** No clip, and nothing wrong with it besides. */
const isSoundVideo = ({ form, decode }: ClipReport): boolean => form === 'plain-video' && decode?.ok === true;

/** @throws {ConfigError} `verify.no-clips` for a folder in which there is nothing to look at. */
async function clipsAt(place: string): Promise<{ readonly isFolder: boolean; readonly files: readonly string[] }> {
  // what is not there, verifyClip says
  const isFolder = await stat(place).then((facts) => facts.isDirectory(), () => false);
  if (!isFolder) return { isFolder, files: [place] };
  const files = await clipsBelow(place);
  if (files.length === 0) throw new ConfigError('verify.no-clips', `${place}: there is no clip (.mp4) in this folder`);
  return { isFolder, files };
}

/** A preview is made of a clip, and proves nothing. */
const isClipName = (name: string): boolean => name.endsWith('.mp4') && !name.endsWith('.preview.mp4');

async function clipsBelow(folder: string): Promise<readonly string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'));
  const found = entries.sort((a, b) => (a.name < b.name ? -1 : 1)).map(async (entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return await clipsBelow(place);
    return entry.isFile() && isClipName(entry.name.toLowerCase()) ? [place] : [];
  });
  return (await Promise.all(found)).flat();
}

/** What a manifest says of `file`: the given one, or the one beside it. */
async function expectationOf(file: string, given: string | undefined): Promise<MediaFile | undefined> {
  const id = parseMediaFileName(path.basename(file))?.eventId;
  const manifest = given ?? (id === undefined ? undefined : path.join(path.dirname(file), `${id}.json`));
  if (manifest === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(manifest, 'utf8');
  } catch (cause) {
    if (given === undefined) return undefined;
    throw new ConfigError('verify.manifest', `the manifest ${manifest} cannot be read`, { cause });
  }
  const parsed = manifestSchema.safeParse(jsonIn(text));
  if (!parsed.success) throw new ConfigError('verify.manifest', `${manifest} is no manifest of Tyto's`);
  const entry = manifestFiles(parsed.data.event).find(({ name }) => name === path.basename(file));
  if (entry === undefined && given !== undefined)
    throw new ConfigError('verify.manifest', `${manifest} does not speak of ${path.basename(file)}`);
  return entry;
}

interface Circumstances {
  /** This device's own public key, if it has one. */
  readonly own: string | undefined;
  /** It is still being recorded. */
  readonly grows: boolean;
}

function describe(report: ClipReport, { own, grows }: Circumstances): string {
  const { form, video, faults, decode, expected, seals, key } = report;
  const lines = [
    `${report.file}: ${inAWord(report, grows)}`,
    video === null ? '  no video that can be played'
      : `  ${video.codec}, ${video.size.width}x${video.size.height}, ${lengthInWords(report)}, ${report.bytes} bytes`,
    ...faults.map(({ at, message }) =>
      (form === 'clip' ? `  at ${(at / 1000).toFixed(1)} s: ${message}` : `  ${message}`)),
    ...encryptionInWords(report),
    ...(decode?.ok === false ? [`  does not decode: ${decode.complaint}`] : []),
    ...(expected === null
    ? []
    : [`  ${expected === 'same' ? 'is what its manifest says'
      : 'is NOT what its manifest says: it was altered, or is another file'}`]),
    `  ${grows ? 'sealed as far as it goes: the device is still recording it' : sealsInWords(seals)}`,
    ...(seals.state === 'none'
    ? []
    : [
      `  sealed by ${seals.facts.device} with the key ${seals.facts.key}${keyInWords(key, seals.facts.key === own)}`,
      ...(seals.facts.name === path.basename(report.file) ? [] : [`  recorded as ${seals.facts.name}`]),
    ]),
    `  SHA-256 ${report.sha256}`,
  ];
  return `${lines.join('\n')}\n`;
}

const lengthInWords = ({ form, duration, fragments }: ClipReport): string =>
  `${(duration / 1000).toFixed(1)} s${form === 'clip' ? ` in ${fragments} fragments` : ''}`;

function encryptionInWords({ encryption, seals, expected }: ClipReport): readonly string[] {
  if (encryption === 'none') return [];
  if (encryption === 'opened') return ['  encrypted, and opened with the key that was given'];
  const nothingProvesIt = seals.state === 'none' && expected === null;
  const what = nothingProvesIt ? 'it is whole' : 'its pictures decode';
  return [`  encrypted: whether ${what} cannot be told without the key (--open-with)`];
}

function sealsInWords({ state }: ClipReport['seals']): string {
  switch (state) {
    case 'complete': return 'sealed: from its first picture to its last it is what the device recorded';
    case 'cut':
      return 'sealed, but without its end: it is what the device recorded as far as it goes; a crash or somebody cut it there';
    case 'altered': return 'sealed, and ALTERED since it was recorded';
    case 'none': return 'not sealed: nothing proves where it comes from';
  }
}

function keyInWords(key: ClipReport['key'], isOwn: boolean): string {
  if (key !== null) return key === 'same' ? ', which is the expected one' : ', which is NOT the expected one';
  return isOwn ? ', this device\'s own' : '';
}
