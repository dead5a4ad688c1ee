/** `npm run bench -- [--runs N]`: what watching costs and how well it sees, measured in one run on this machine. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { clip720p, measureCost } from './cost.ts';
import { footage } from './project.ts';
import { measureQuality } from './quality.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`--runs takes a whole number from 1, got ${values.runs}`);

console.log(`CPU seconds (user + system, whole process tree), medians of ${runs} runs`);
const real = ['clips/street.mp4', 'motion/highway.clean.mp4'].map((clip) => path.join(footage, clip));
const clips = [clip720p(), ...real.filter((clip) => existsSync(clip))];
table(['clip', 'ffmpeg decodes only', 'tyto detect', 'ratio'], clips.map((clip) => {
  const { decode, detect, ratio } = measureCost(clip, runs);
  return [path.basename(clip), decode.toFixed(2), detect.toFixed(2), ratio.toFixed(2)];
}));

const stepScript = path.join(import.meta.dirname, 'vision-step.ts');
const step = JSON.parse(execFileSync(process.execPath, [stepScript], { encoding: 'utf8' })) as
  { startMs: number; cpuMsPerFrame: number; residentMegabytes: number };
console.log(`vision alone, 160x88: ${step.cpuMsPerFrame.toFixed(3)} ms CPU a frame; ` +
  `starts in ${step.startMs.toFixed(0)} ms; process of ${step.residentMegabytes.toFixed(0)} MB\n`);

if (existsSync(footage)) {
  console.log('Quality on real sequences: objects found, boxes on nothing per 100 frames; alarms in empty scenes');
  table(['condition', 'recall', 'false boxes', 'empty: alarm frames', 'events'], measureQuality().map((row) => [
    row.condition, row.recall?.toFixed(3) ?? '-', row.falseBoxesPer100Frames?.toFixed(1) ?? '-',
    `${row.emptyAlarmFrames}`, `${row.emptyEvents}`,
  ]));
} else {
  console.log('Quality: no footage beside the project (../shared/data), left out');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [head, ...rows]) {
    console.log(`  ${row.map((value, column) => value.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
  }
  console.log();
}
