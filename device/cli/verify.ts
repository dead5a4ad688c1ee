import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { manifestFiles, manifestSchema } from '../contract/manifest.ts';
import type { MediaFile } from '../contract/event.ts';
import { parseMediaFileName } from '../contract/names.ts';
import { dataFolder } from '../config/load-settings.ts';
import { ConfigError, UsageError } from '../core/errors.ts';
import { KEY_FILE, readDeviceKey } from '../evidence/device-key.ts';
import { verifyClip, type ClipReport } from '../recorder/verify-clip.ts';
import { readArguments } from './arguments.ts';

const HELP = `Usage: tyto verify FILE... [--json] [--manifest FILE]

Says of each clip whether it is whole: its structure, that its fragments follow each other,
that all of it decodes, its SHA-256, and what the seals in it prove. Changes nothing.

  --manifest FILE   compare size and SHA-256 with this manifest; without it, a manifest
                    that lies beside the clip is used
  --key KEY         the device's public key, as \`tyto verify\` on the device itself names it:
                    a clip that another key has sealed is not intact
  --json            print one JSON object a file

Exit code 0 when every file is intact, 1 when one is not.
`;

/** `tyto verify` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values, positionals: files } = readArguments('verify', args, { json: { type: 'boolean' }, manifest: { type: 'string' }, key: { type: 'string' } });
  if (values.help === true) return void process.stdout.write(HELP);
  if (files.length === 0) throw new UsageError('tyto verify needs a file; `tyto verify --help` explains it');
  const own = (await readDeviceKey(path.join(dataFolder(), KEY_FILE)))?.publicKey;
  for (const file of files) {
    const report = await verifyClip(file, { file: await expectationOf(file, values.manifest), key: values.key }, signal);
    process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : describe(report, own));
    if (!report.intact) process.exitCode = 1;
  }
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
  const parsed = manifestSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new ConfigError('verify.manifest', `${manifest} is no manifest of Tyto's`);
  const entry = manifestFiles(parsed.data.event).find(({ name }) => name === path.basename(file));
  if (entry === undefined && given !== undefined) throw new ConfigError('verify.manifest', `${manifest} does not speak of ${path.basename(file)}`);
  return entry;
}

function parseJson(text: string): unknown {
  try { return JSON.parse(text) as unknown; } catch { return undefined; }
}

/** @param own - This device's own public key, if it has one. */
function describe(report: ClipReport, own: string | undefined): string {
  const { video, duration, fragments, faults, decode, expected, seals, key } = report;
  const lines = [
    `${report.file}: ${report.intact ? 'intact' : 'NOT intact'}`,
    video === null ? '  no video that can be played' : `  ${video.codec}, ${video.size.width}x${video.size.height}, ${(duration / 1000).toFixed(1)} s in ${fragments} fragments, ${report.bytes} bytes`,
    ...faults.map(({ at, message }) => `  at ${(at / 1000).toFixed(1)} s: ${message}`),
    ...(decode?.ok === false ? [`  does not decode: ${decode.complaint}`] : []),
    ...(expected === null ? [] : [`  ${expected === 'same' ? 'is what its manifest says' : 'is NOT what its manifest says: it was altered, or is another file'}`]),
    `  ${sealsInWords(seals)}`,
    ...(seals.state === 'none' ? [] : [`  sealed by ${seals.facts.device} with the key ${seals.facts.key}${keyInWords(key, seals.facts.key === own)}`]),
    `  SHA-256 ${report.sha256}`,
  ];
  return `${lines.join('\n')}\n`;
}

function sealsInWords({ state }: ClipReport['seals']): string {
  switch (state) {
    case 'complete': return 'sealed: from its first picture to its last it is what the device recorded';
    case 'cut': return 'sealed, but without its end: it is what the device recorded as far as it goes; a crash or somebody cut it there';
    case 'altered': return 'sealed, and ALTERED since it was recorded';
    case 'none': return 'not sealed: nothing proves where it comes from';
  }
}

function keyInWords(key: ClipReport['key'], isOwn: boolean): string {
  if (key !== null) return key === 'same' ? ', which is the expected one' : ', which is NOT the expected one';
  return isOwn ? ', this device\'s own' : '';
}
