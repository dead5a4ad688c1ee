import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../../test/eventually.ts';
import { makeGpioTools } from '../../../test/fixtures/gpio-tools.ts';
import { outputParts } from '../../../test/fixtures/running-outputs.ts';
import { begun, ended } from '../../../test/fixtures/told-events.ts';
import { inputsSchema, outputsSchema } from '../../contract/outputs.ts';
import { silentLog } from '../../core/log.ts';
import { millis } from '../../core/units.ts';
import { systemClock } from '../../runtime/clock.ts';
import { openOutput } from '../open-output.ts';
import type { StartProgram } from '../parts.ts';
import type { Output } from '../port.ts';
import { Debounce } from './debounce.ts';
import type { PinDriver } from './driver.ts';
import { serveInput } from './inputs.ts';
import { openLibgpiod } from './libgpiod.ts';
import { pickDriver } from './pick-driver.ts';

const start: StartProgram = (command, args, options) => spawn(command, args, { ...options, detached: true });

for (const version of [1, 2] as const) {
  describe(`pins by libgpiod ${version}`, () => {
    let folder: string;
    let pins: PinDriver;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'tyto-gpio-'));
      pins = await openLibgpiod({ folder: await makeGpioTools(folder, version), start });
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));
    const log = async (): Promise<string[]> =>
      (await readFile(path.join(folder, 'log'), 'utf8').catch(() => '')).trim().split('\n');
    const output = async (fields: object): Promise<Output> => {
      const [plan] = outputsSchema.parse([{ name: 'lamp', type: 'gpio', pin: 17, ...fields }]);
      assert.ok(plan);
      return openOutput(plan, outputParts({ pins: () => Promise.resolve(pins) }));
    };
    const tell = (out: Output, phase: 'new' | 'end', isTest?: true) => {
      const message = phase === 'new' ? begun(1) : ended(1);
      return out.send({
        key: 'k', phase, message, skipped: 0, ...(isTest === undefined ? {} : { isTest }),
      }, AbortSignal.timeout(60_000));
    };

    it('are on while the event lasts, off before and after', async () => {
      assert.match(pins.name, new RegExp(`^libgpiod ${version}\\.`));
      {
        await using lamp = await output({});
        await lamp.begin?.();
        await tell(lamp, 'new');
        await tell(lamp, 'end');
        await eventually('all done', async () => (await log()).length === 3);
      }
      assert.deepEqual(await log(), ['17=0', '17=1', '17=0', '17=0']);
    });

    it('give a train of pulses, of a wire that is active low', async () => {
      await using lamp = await output({ active: 'low', mode: 'train', pulses: 2, length: '50ms' });
      await lamp.begin?.();
      await tell(lamp, 'new');
      assert.equal(await tell(lamp, 'end'), 'nothing to do at the end');
      assert.deepEqual(await log(), ['17=1', '17=0', '17=1', '17=0', '17=1']);
    });

    it('say why a pin cannot be had', async () => {
      await using first = await output({});
      await first.begin?.();
      await using second = await output({});
      await assert.rejects(tell(second, 'new'), /pin 17 of gpiochip0: gpioset: error: Device or resource busy/);
      await using absent = await output({ chip: 'gpiochip7' });
      await assert.rejects(tell(absent, 'new'), /cannot find GPIO chip/);
    });

    it('tell of a sensor that becomes active, not of one that was, and arm by a key switch', async () => {
      await writeFile(path.join(folder, 'pin22'), '1\n');
      await writeFile(path.join(folder, 'edges22'), '');
      const said: string[] = [];
      const changes: unknown[] = [];
      const stop = new AbortController();
      const serve = (fields: object) => {
        const [plan] = inputsSchema.parse([{ name: 'door', pin: 22, debounce: '20ms', ...fields }]);
        assert.ok(plan);
        return serveInput(plan, {
          pins: () => Promise.resolve(pins), clock: systemClock,
          random: () => 0, log: { ...silentLog, debug: (_message, facts) => { changes.push(facts?.['on']); } },
          trigger: ({ label, source }) => said.push(`${label} ${source}`), arm: (on) => said.push(`armed ${on}`),
        }, stop.signal);
      };
      const serving = [serve({}), serve({ does: 'disarm', bias: 'up' })];
      await eventually('both are heard', () => changes.length === 2);
      await appendFile(path.join(folder, 'edges22'), '0\n');
      await eventually('both are released', () => changes.length === 4);
      await appendFile(path.join(folder, 'edges22'), '1\n0\n1\n');
      await eventually('all is said', () => said.length === 4);
      stop.abort();
      await Promise.all(serving);
      assert.deepEqual(said.toSorted(), ['armed false', 'armed false', 'armed true', 'door pin 22']);
    });
  });
}

describe('a level that bounces', () => {
  it('counts when it has stood still', async () => {
    const seen: boolean[] = [];
    using debounce = new Debounce(millis(30), (on) => { seen.push(on); });
    for (const on of [false, true, false, true, true]) debounce.saw(on);
    assert.deepEqual(seen, [false]);
    await eventually('it stands still', () => seen.length === 2);
    debounce.saw(false);
    debounce.saw(true);
    await new Promise((resolve) => { setTimeout(resolve, 60); });
    assert.deepEqual(seen, [false, true]);
  });
});

describe('what moves the pins', () => {
  it('is simulated where there are none, and says so', async () => {
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (message: string) => { warnings.push(message); } };
    assert.equal((await pickDriver('simulated', start, log)).name, 'simulated');
    assert.match(warnings.join(), /nothing is switched/);
  });

  it('is asked for by name, and what is missing is said', async () => {
    const nowhere = await mkdtemp(path.join(tmpdir(), 'tyto-gpio-'));
    await assert.rejects(openLibgpiod({ folder: nowhere, start }), {
      code: 'gpio.no-tools', message: /sudo apt-get install gpiod/,
    });
    await rm(nowhere, { recursive: true });
  });
});
