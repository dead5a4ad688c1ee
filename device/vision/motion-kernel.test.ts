import fc from 'fast-check';
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../../test/vision/drawn-scene.ts';
import { learntIn } from './learnt-pixels.ts';
import { PixelModel } from './pixel-model.ts';
import { loadPixelPasses, passesReserve } from './pixel-passes.ts';
import { referencePasses } from '../../test/vision/pixel-passes-reference.ts';

const sources = [
  'motion-kernel.h', 'motion-kernel.c', 'exposure-kernel.c', 'blob-kernel.c',
  'tamper/tamper-kernel.h', 'tamper/tamper-kernel.c', 'tamper/scene-view-kernel.c', 'build-kernels.sh',
];
const here = (file: string): URL => new URL(`./${file}`, import.meta.url);

/** Frames in which everything happens: noise, texture, a block that moves, light, a shadow, displacement. */
function* frames(width: number, height: number, seed: number): Generator<Uint8Array> {
  const random = seeded(seed);
  for (let index = 0; index < 14; index += 1) {
    const [light, noise] = [0.6 + random(), 30 * random()];
    const [dx, dy] = [Math.floor(7 * random()) - 3, Math.floor(5 * random()) - 2];
    yield Uint8Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [(i % width) + dx, Math.floor(i / width) + dy];
      const block = x > 5 * index && x < 5 * index + 24 && y > 8 && y < 28;
      const shadow = x > 40 - 2 * index ? 0.5 : 1;
      const grey = (block ? 210 : 40 + ((x * 7) % 61) + ((y * 5) % 83)) * light * shadow + noise * (random() - 0.5);
      return Math.min(Math.max(grey, 0), 255);
    });
  }
}

describe('motion routine', function () {

  it('does, byte for byte, what the plain TypeScript does', async () => {
    const sides = [fc.integer({ min: 32, max: 75 }), fc.integer({ min: 32, max: 60 })] as const;
    let inMovingLight = 0;
    await fc.assert(fc.asyncProperty(...sides, fc.nat(), fc.integer({ min: 20, max: 900 }),
      async (width, height, seed, stepMs) => {
        const bytes = PixelModel.bytes(width, height);
        const [routine, plain] = [await loadPixelPasses(bytes), referencePasses(passesReserve + bytes)];
        const models = [routine, plain].map((passes) => new PixelModel(passes, { width, height }));
        let at = 0;
        for (const frame of frames(width, height, seed)) {
          const [ours, theirs] = models.map((model) => Int32Array.from(model.look(frame, at, true)));
          assert.deepEqual(ours, theirs);
          const cells = Array.from({ length: 20 }, (_, cell) => cell);
          assert.equal(...models.map((model) => model.lasts(cells)) as [boolean, boolean]);
          const held = Uint8Array.from({ length: (ours?.length ?? 0) / 4 }, (_, cell) => cell % 5);
          for (const model of models) model.learn(held);
          const [learnt, expected] = [routine, plain]
            .map(({ memory }) => learntIn(memory.buffer, width, height));
          assert.deepEqual(learnt, expected);
          if (models[0]?.lightMoves === true) inMovingLight += 1;
          at += stepMs;
        }
      }), { numRuns: 12, seed: 1 });
    assert.ok(inMovingLight >= 10, `light moved in ${inMovingLight} frames`);
  });

  it('is what its source compiles to, and so is that of tamper detection', async function () {
    if (['clang', 'wasm-ld'].some((tool) => spawnSync(tool, ['--version']).error !== undefined)) {
      console.log('      skipped: clang and lld are not installed');
      return this.skip();
    }
    const folder = await mkdtemp(join(tmpdir(), 'tyto-kernel-'));
    try {
      for (const file of sources)
        await cp(here(file), join(folder, file));
      execFileSync('sh', ['build-kernels.sh'], { cwd: folder });
      const [major] = execFileSync('clang', ['-dumpversion'], { encoding: 'utf8' }).split('.');
      if (major !== '14') return; // another compiler orders instructions otherwise: it compiled, more cannot be said
      for (const file of ['motion-kernel.wasm', 'tamper/tamper-kernel.wasm']) {
        const [built, committed] = await Promise.all([readFile(join(folder, file)), readFile(here(file))]);
        assert.ok(built.equals(committed), `run build-kernels.sh and commit ${file}`);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('rejects with a clear error where WebAssembly cannot take its memory', async () =>
    assert.rejects(loadPixelPasses(2 ** 40), { code: 'vision.kernel' }));
});
