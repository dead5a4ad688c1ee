/** Reads how the board is, from the files in which the system tells it. */
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg, uptime } from 'node:os';
import path from 'node:path';
import type { SystemState } from '../contract/system.ts';

/** @param root - Of the file system; for tests. */
export function readSystemState(clockSynced: boolean, root = '/'): SystemState {
  const temperature = Number(textOf(root, 'sys/class/thermal/thermal_zone0/temp') ?? NaN);
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(textOf(root, 'proc/meminfo') ?? '')?.[1];
  return {
    temperature: Number.isNaN(temperature) ? null : Math.round(temperature / 100) / 10,
    under_voltage: underVoltage(root),
    clock_synced: clockSynced,
    uptime: Math.round(uptime()),
    load: Math.round((loadavg()[1] ?? 0) * 100) / 100,
    memory_available: Number(available ?? 0) * 1024,
  };
}

/** The Raspberry Pi's kernel tells it as an alarm of a sensor, under a number that differs. */
function underVoltage(root: string): boolean | null {
  const sensors = namesIn(path.join(root, 'sys/class/hwmon'));
  const voltage = sensors.find((sensor) => textOf(root, `sys/class/hwmon/${sensor}/name`) === 'rpi_volt');
  const alarm = voltage === undefined ? undefined : textOf(root, `sys/class/hwmon/${voltage}/in0_lcrit_alarm`);
  return alarm === undefined ? null : alarm !== '0';
}

function textOf(root: string, file: string): string | undefined {
  try {
    return readFileSync(path.join(root, file), 'utf8').trim();
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
