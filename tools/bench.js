/** `npm run bench`: what watching costs, measured on this machine. */
import { join } from 'node:path';
import { runNode } from '../bin/run-node.js';
import { ensureBuilt } from './setup/build.js';
import { devicePackages, ensureDebianPackages } from './setup/debian.js';
import { ensureInstalled } from './setup/install.js';
import { nodeToRun } from './setup/node-runtime.js';
import { command, root } from './setup/project.js';

await command(async () => {
  ensureDebianPackages(devicePackages);
  ensureInstalled();
  ensureBuilt();
  await runNode(nodeToRun(), [join(root, 'test', 'bench', 'main.ts'), ...process.argv.slice(2)]);
});
