/** `npm run bench`: how well Tyto sees and what it costs, measured on this machine. */
import { join } from 'node:path';
import { runNode } from '../bin/run-node.js';
import { ensureBuilt } from './setup/build.js';
import { devicePackages, ensureDebianPackages } from './setup/debian.js';
import { ensureInstalled } from './setup/install.js';
import { findNode, nodeToRun } from './setup/node-runtime.js';
import { command, root } from './setup/project.js';

const args = process.argv.slice(2);

await command(async () => {
  const asksForHelp = args.includes('--help') || args.includes('-h');
  if (!asksForHelp) ensureDebianPackages(devicePackages);
  if (!asksForHelp || findNode() === undefined) ensureInstalled('test');
  if (!asksForHelp) ensureBuilt();
  await runNode(nodeToRun(), [join(root, 'test', 'bench', 'main.ts'), ...args]);
});
