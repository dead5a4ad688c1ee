import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemStateSchema } from '../contract/system.ts';
import { readSystemState } from './system-state.ts';

describe('the state of the board', () => {
  let root: string;
  beforeEach(async () => { root = await mkdtemp(path.join(tmpdir(), 'tyto-board-')); });
  afterEach(() => rm(root, { recursive: true, force: true }));
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  };

  it('is told as a Raspberry Pi has it', async () => {
    await put('sys/class/thermal/thermal_zone0/temp', '48312\n');
    await put('sys/class/hwmon/hwmon0/name', 'cpu_thermal\n');
    await put('sys/class/hwmon/hwmon1/name', 'rpi_volt\n');
    await put('sys/class/hwmon/hwmon1/in0_lcrit_alarm', '1\n');
    await put('proc/meminfo', 'MemTotal:  1000 kB\nMemAvailable:     512 kB\n');
    const { temperature, under_voltage: weak, memory_available: memory } = readSystemState(true, root);
    assert.deepEqual([temperature, weak, memory], [48.3, true, 512 * 1024]);
  });

  it('leaves open what a board does not tell', () => {
    const { temperature, under_voltage: weak } = readSystemState(false, root);
    assert.deepEqual([temperature, weak], [null, null]);
  });

  it('can be read here', () => {
    const state = readSystemState(true);
    assert.deepEqual(systemStateSchema.parse(state), state);
    assert.ok(state.memory_available > 0 && state.uptime > 0);
  });
});
