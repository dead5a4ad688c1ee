import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { millis, seconds } from '../../core/units.ts';
import { trueEvents } from './scene.ts';
import { TruthLines } from './truth-lines.ts';

const program = fileURLToPath(new URL('./main.ts', import.meta.url));
const small = ['--size', '64x64'];

interface Told { readonly start: number; readonly end: number; readonly boxes: readonly (readonly number[])[] }
interface Outcome { readonly code: number; readonly out: Buffer; readonly said: string }

const runProgram = (args: readonly string[]): Promise<Outcome> => new Promise((resolve) => {
  const options = { encoding: 'buffer', maxBuffer: 1e9 } as const;
  const child = execFile(process.execPath, [program, ...args], options, (error, out, said) => {
    resolve({ code: error === null ? 0 : Number(child.exitCode), out, said: String(said) });
  });
});

describe('the demo camera\'s program', () => {
  it('writes exactly the frames of the asked time, and the truth about them', async () => {
    const { code, out, said } = await runProgram([...small, '--fast', '--seconds', '70', '--fps', '2', '--truth']);
    assert.equal(code, 0, said);
    assert.equal(out.length, 140 * 64 * 64 * 1.5);
    const events = said.trim().split('\n').map((line) => JSON.parse(line) as Told);
    const truth = trueEvents(millis(0), seconds(70));
    assert.deepEqual(events.map(({ start }) => start), truth.map(({ start }) => start / 1000));
    assert.equal(events.at(-1)?.end, 70);
    assert.ok(events.every(({ start, end, boxes }) => boxes.every(([at = 0]) => at >= start && at < end)));
  });

  it('ends when its reader goes away', async () => {
    const child = spawn(process.execPath, [program, ...small, '--fast'], { stdio: ['ignore', 'pipe', 'pipe'] });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('ends at SIGTERM, even while nobody reads', async () => {
    const args = [program, '--size', '640x360', '--fast'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'readable');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('names everything that is wrong with its options, without a stack trace', async () => {
    const { code, said } = await runProgram(['--size', '1280x721', '--fps', '0', '--fast', '--realtime']);
    assert.equal(code, 2);
    assert.match(said, /--size: expected .* got "1280x721"\n--fps: expected .* got "0"\n--fast and --realtime/);
    assert.doesNotMatch(said, /\n\s+at /);
  });
});

describe('the truth about the demo camera\'s pictures', () => {
  it('is told once for each event, when it is over', () => {
    const told: [number, number][] = [];
    let now = 0;
    const lines = new TruthLines((line) => told.push([now, (JSON.parse(line) as { end: number }).end]));
    for (now = 0; now < 200_000; now += 100) lines.reached(millis(now));
    const ends = trueEvents(millis(0), seconds(190)).map(({ end }) => end / 1000);
    assert.deepEqual(told.map(([, end]) => end), ends);
    assert.ok(told.every(([at, end]) => at / 1000 >= end && at / 1000 < end + 0.2));
  });
});
