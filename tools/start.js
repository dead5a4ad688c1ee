/** `npm start`: everything from a fresh clone to a running device. Arguments after `--` go to `tyto run`. */
import { join } from 'node:path';
import { runNode } from '../bin/run-node.js';
import { ensureBuilt } from './setup/build.js';
import { devicePackages, ensureDebianPackages } from './setup/debian.js';
import { ensureInstalled } from './setup/install.js';
import { nodeToRun } from './setup/node-runtime.js';
import { command, root } from './setup/project.js';

await command(async () => {
  ensureDebianPackages(devicePackages);
  ensureInstalled('run');
  ensureBuilt();
  await runNode(nodeToRun(), [join(root, 'dist', 'device', 'cli.js'), 'run', ...process.argv.slice(2)]);
});
