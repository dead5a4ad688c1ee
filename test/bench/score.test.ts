import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Box } from '../../device/core/geometry.ts';
import { seeded } from '../vision/drawn-scene.ts';
import { readArguments } from './arguments.ts';
import { cpuSeconds, median } from './cpu-time.ts';
import { largestDistance } from './decode-gate.ts';
import { detectionsOf, parseDetections } from './detections.ts';
import { root } from './project.ts';
import { readTruth, scoreEmpty, scoreMotion, type DetectionRow } from './score.ts';
import { scoreBoxes } from './score-faces.ts';

const head = { first: 10, frames: 3, gw: 8, gh: 6, fps: 25 };
/** Object 1 in the left upper 2x2 cells of each frame, object 2 below it in the second, ignored ground at the right. */
const cells = Buffer.alloc(3 * 48);
for (const frame of [0, 1, 2]) {
  for (const cell of [0, 1, 8, 9]) cells[48 * frame + cell] = 1;
  cells[48 * frame + 47] = 255;
}
for (const cell of [32, 33]) cells[48 + cell] = 2;
const file = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), deflateSync(cells)]);
const row = (frame: number, ...boxes: Box[]): DetectionRow => ({ t: frame / 25, motion: boxes.length > 0, boxes });

describe('scorer', () => {
  it('counts an object as found from a quarter of its cells on', () => {
    const found = (box: Box): number => scoreMotion([row(10, box)], readTruth(file)).hits;
    assert.equal(found([0, 0, 1 / 8, 1 / 6]), 1);
    assert.equal(found([2 / 8, 0, 1 / 8, 1 / 6]), 0);
  });
  it('counts a box as false when it lies on background, not on what is ignored', () => {
    const score = scoreMotion([row(11, [4 / 8, 0, 2 / 8, 2 / 6], [7 / 8, 5 / 6, 1 / 8, 1 / 6])], readTruth(file));
    assert.deepEqual(score, { frames: 1, objects: 2, hits: 0, boxes: 2, falseBoxes: 1 });
  });
  it('leaves out frames of which the truth is not known', () =>
    assert.equal(scoreMotion([row(9), row(10), row(12), row(13)], readTruth(file)).frames, 2));
  it('refuses a truth that is cut short', () => {
    const short = Buffer.concat([Buffer.from(`${JSON.stringify({ ...head, frames: 4 })}\n`), deflateSync(cells)]);
    assert.throws(() => readTruth(short), /expected 192 cells, got 144/);
  });
  it('counts alarms of an empty scene after the time to learn', () => {
    const rows = [5, 31, 32].map((t) => ({ t, motion: t < 32, boxes: [] }));
    const events = [
      { start: 4, end: 5 },
      { start: 29, end: 31 },
    ];
    assert.deepEqual(scoreEmpty(rows, events, 30), { frames: 2, alarmFrames: 1, events: 1 });
  });
  it('reads the lines of `tyto detect --json`', () => {
    const frame = { t: 0.2, motion: false, score: 0, boxes: [] };
    const events = [{ start: 1, end: 2, kinds: ['motion'] }];
    const output = `${JSON.stringify(frame)}\n${JSON.stringify({ events })}\n`;
    assert.deepEqual(parseDetections(output), { rows: [frame], events });
  });

  it('agrees with the reference scorer', function () {
    const reference = path.resolve(root, '../shared/tools/score-motion.py');
    if (!existsSync(reference) || spawnSync('python3', ['--version']).status !== 0) {
      console.log('      skipped: no reference scorer or no python3 here');
      return this.skip();
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'tyto-score-'));
    try {
      const truth = path.join(folder, 'a.truth');
      writeFileSync(truth, file);
      const random = seeded(5);
      const rows = Array.from({ length: 60 }, (_, index) =>
        row(8 + (index % 7), ...[1, 2, 3].map((): Box => [random(), random(), random() / 2, random() / 2])),
      );
      const input = rows.map((line) => JSON.stringify(line)).join('\n');
      const run = spawnSync('python3', [reference, truth], { input, encoding: 'utf8' });
      const { frames, objects, hits, boxes, falseBoxes } = scoreMotion(rows, readTruth(file));
      const figures = JSON.parse(run.stdout) as Record<string, number>;
      assert.deepEqual([figures['frames'], figures['objects'], figures['boxes']], [frames, objects, boxes]);
      assert.equal(figures['objectRecall'], Number((hits / objects).toFixed(4)));
      assert.equal(figures['falseBoxesPer100Frames'], Number(((100 * falseBoxes) / frames).toFixed(2)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('scorer of others', () => {
  const box: Box = [0.1, 0.1, 0.2, 0.2];
  it('makes events of boxes by the rule of a device: they last, and pauses are part of them', () => {
    const frames = Array.from({ length: 200 }, (_, index) => ({
      t: index / 5,
      boxes: [7, 50, 51, 52, 53, 80].includes(index) ? [box] : [],
    }));
    const { rows, events } = detectionsOf(frames);
    assert.equal(rows.filter(({ motion }) => motion).length, 6);
    assert.deepEqual(events, [{ start: 10, end: 16 }]);
  });
  it('takes for the same face what shares enough, each once', () => {
    assert.deepEqual(
      scoreBoxes(
        [box],
        [
          [0.12, 0.1, 0.2, 0.2],
          [0.1, 0.12, 0.2, 0.2],
        ],
      ),
      { found: 1, extra: 1 },
    );
    assert.deepEqual(scoreBoxes([box, [0.5, 0.5, 0.1, 0.1]], [[0.8, 0.8, 0.1, 0.1]]), { found: 0, extra: 1 });
  });
  it('measures how far apart the starts of events are', () => {
    const at = (...starts: number[]) => starts.map((start) => ({ start }));
    assert.equal(largestDistance(at(), at(3)), undefined);
    assert.equal(largestDistance(at(3, 20), at(20.4, 2.8)), 20.4 - 20);
    assert.equal(largestDistance(at(3), at()), Infinity);
  });
});

describe('the arguments of the benchmark', () => {
  it('choose sections and rounds', () => {
    assert.deepEqual(readArguments(['faces', 'cost', '--runs', '1']), {
      type: 'run',
      sections: ['faces', 'cost'],
      runs: 1,
      full: false,
      minutes: 3,
    });
    const all = readArguments(['--full']);
    assert.ok(all.type === 'run' && all.runs === 5 && all.sections.includes('motion'));
  });
  it('are explained when asked for or wrong, without a stack', () => {
    assert.deepEqual(readArguments(['--help']), { type: 'help' });
    for (const wrong of [['fast'], ['--runs', '0'], ['--runs', 'x'], ['--runs'], ['--quick']])
      assert.equal(readArguments(wrong).type, 'wrong', wrong.join(' '));
  });
});

describe('CPU clock', () => {
  it('counts what a command and its children use', () => {
    const busy = 'const end = process.cpuUsage().user + 150_000; while (process.cpuUsage().user < end);';
    const child = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(busy)}])`;
    assert.ok(cpuSeconds([process.execPath, '-e', child]) > 0.15);
  });
  it('tells a command that fails', () => assert.throws(() => cpuSeconds(['false']), /false/));
  it('takes the median', () => assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5]));
});
