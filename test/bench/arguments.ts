import { parseArgs } from 'node:util';
import { sectionNames, sectionSubjects, type SectionName } from './section-subjects.ts';

export interface BenchRun {
  readonly type: 'run';
  readonly sections: readonly SectionName[];
  /** Rounds of what is measured by its time. */
  readonly runs: number;
  /** Whether also what takes as long as its clips last. */
  readonly full: boolean;
  /** How long memory is looked at. */
  readonly minutes: number;
}

export type BenchRequest = BenchRun | { readonly type: 'help' } | { readonly type: 'wrong'; readonly why: string };

export const HELP = `Usage: npm run bench -- [SECTION...] [--runs N] [--full] [--minutes N]

Measures Tyto on this machine, beside others that are installed. All sections, if none is named:

${sectionNames.map((name) => `  ${name.padEnd(8)} ${sectionSubjects[name]}`).join('\n')}

  --runs N   rounds of which the median is taken; default 3, with --full 5
  --minutes N  how long memory is looked at; default 3
  --full     also the program Motion, which plays clips no faster than a camera sends them; ten times the events of chain

Others: apt-get install motion python3-opencv.
Real footage with ground truth is no part of the product; a folder of it beside the project,
or the one that TYTO_BENCH_DATA names, is used where there is one.
`;

export function readArguments(args: readonly string[]): BenchRequest {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        full: { type: 'boolean', default: false },
        minutes: { type: 'string', default: '3' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { type: 'help' };
    const unknown = positionals.find((name) => !isSection(name));
    if (unknown !== undefined)
      return { type: 'wrong', why: `there is no section "${unknown}"; ${sectionNames.join(', ')} are the sections` };
    const runs = Number(values.runs ?? (values.full ? 5 : 3));
    if (!Number.isInteger(runs) || runs < 1)
      return { type: 'wrong', why: `--runs takes a whole number from 1, got "${values.runs}"` };
    const minutes = Number(values.minutes);
    if (!(minutes > 0)) return { type: 'wrong', why: `--minutes takes a number above 0, got "${values.minutes}"` };
    return {
      type: 'run',
      sections: positionals.length === 0 ? sectionNames : positionals.filter(isSection),
      runs,
      full: values.full,
      minutes,
    };
  } catch (error) {
    return { type: 'wrong', why: error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error) };
  }
}

const isSection = (name: string): name is SectionName => sectionNames.some((known) => known === name);
