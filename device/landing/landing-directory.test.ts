import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeLanding } from '../../test/landing-suite.ts';
import { DirectoryLanding } from './directory-landing.ts';

describeLanding('a landing in a folder, as any landing', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'tyto-landing-'));
  return {
    device: () => new DirectoryLanding(root, { create: true }),
    fleet: () => new DirectoryLanding(root, { create: false }),
    line: undefined, againBytes: undefined, deviceReplaces: true, forbiddenKeys: [],
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
});
