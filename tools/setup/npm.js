import { spawnSync } from 'node:child_process';
import { root } from './project.js';

/** Leaves out the workspace that only tests, benchmarks and the cloud need. */
export const ONLY_TO_RUN = ['--workspace=tools/node', '--include-workspace-root'];

/**
 * Runs npm in the project, with the npm that runs us where there is one.
 *
 * @param {readonly string[]} args
 * @returns {boolean} Whether it went well. What npm printed has been shown.
 */
export function npm(args) {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  // Not with the pinned Node.js: `npm ci` takes that one away while it works.
  const [file, before] = cli !== undefined && node !== undefined ? [node, [cli]] : ['npm', []];
  // What npm prints on standard output is progress: ours stays free for the command that follows.
  return spawnSync(file, [...before, ...args], { cwd: root, stdio: ['ignore', 2, 2] }).status === 0;
}
