/** What the device's processes take: read from Linux' /proc, so that each is told of even while it hangs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { processorTimeOf } from '../../media/processor-time.ts';
import type { Metric } from './exposition.ts';

const ROLES: readonly string[] = ['watch', 'web', 'uploader'];
/** Linux tells times in hundredths of a second, sizes in kilobytes. */
const TICKS_PER_SECOND = 100;
/** proc_pid_stat(5), field 22, behind the command's name. */
const START_TIME = 19;

interface Usage {
  readonly role: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly startedAt: number;
}

/** The process that started this one; undefined once it has ended, and the system gave this one another parent. */
export function parentWhileItLives(parent = () => process.ppid): () => number | undefined {
  const first = parent();
  return () => (parent() === first ? first : undefined);
}

/**
 * Of the process `main` and all that it started; tools that a process runs count under their
 * own name. Of none without `main`.
 */
export function processMetrics(main: number | undefined): readonly Metric[] {
  const byRole = Map.groupBy(main === undefined ? [] : usagesBelow(main, 'main'), ({ role }) => role);
  const samples = (value: (usages: readonly Usage[]) => number) =>
    [...byRole].map(([role, usages]) => ({ labels: { role }, value: value(usages) }));
  const sum = (of: (usage: Usage) => number) =>
    samples((usages) => Math.round(100 * usages.reduce((total, usage) => total + of(usage), 0)) / 100);
  return [
    {
      name: 'tyto_process_resident_memory_bytes', type: 'gauge', samples: sum(({ residentBytes }) => residentBytes),
      help: 'Memory that the processes of a role hold; pages that they share count for each.',
    },
    {
      name: 'tyto_process_cpu_seconds_total', type: 'counter', samples: sum(({ cpuSeconds }) => cpuSeconds),
      help: 'Processor time of the running processes of a role; begins anew when one is started again.',
    },
    {
      name: 'tyto_process_start_time_seconds', type: 'gauge',
      samples: samples((usages) => Math.max(...usages.map(({ startedAt }) => startedAt))),
      help: 'Unix time at which the newest process of a role began: it changes with every restart.',
    },
  ];
}

function usagesBelow(pid: number, role: string): readonly Usage[] {
  const own = usageOf(pid, role);
  return [
    ...(own === undefined ? [] : [own]), ...childrenOf(pid).flatMap((child) => usagesBelow(child, roleOf(child))),
  ];
}

function usageOf(pid: number, role: string): Usage | undefined {
  const cpu = processorTimeOf(pid);
  const status = read(`/proc/${pid}/status`);
  const ticks = Number(read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[START_TIME]);
  const booted = Number(/^btime (\d+)$/m.exec(read('/proc/stat'))?.[1]);
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  if (cpu === undefined || !Number.isFinite(kilobytes + ticks + booted)) return undefined;
  return {
    role, cpuSeconds: cpu / 1000, residentBytes: kilobytes * 1024, startedAt: booted + ticks / TICKS_PER_SECOND,
  };
}

/** Of its first thread, the only one of ours that starts programs. */
const childrenOf = (pid: number): readonly number[] =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter((text) => text !== '').map(Number);

function roleOf(pid: number): string {
  const words = read(`/proc/${pid}/cmdline`).split('\0');
  return words.find((word) => ROLES.includes(word)) ?? (path.basename(words[0] ?? '') || 'unknown');
}

function read(file: string): string {
  try { return readFileSync(file, 'latin1'); } catch { return ''; }
}
