import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { whenNpmIsGone } from './parent-watch.js';
import { runNode } from './run-node.js';

/** Tyto's code needs at least this; `npm ci` brings one along. */
const OLDEST_MAJOR = 24;

/**
 * Runs one of Tyto's built programs with this process's arguments, on a Node.js that is new enough.
 *
 * @param {string} program Path below `dist`.
 */
export async function launch(program) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const file = join(root, 'dist', program);
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (!existsSync(file))
    return stop(`Tyto is not built yet. Where \`npm start\` is at it, wait until it names the page; else type:  cd ${root} && npm ci`);
  keepCompiledCode(join(root, 'node_modules', '.cache', 'tyto-compiled'));
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_MAJOR) {
    process.argv[1] = file;
    whenNpmIsGone(() => process.kill(process.pid, 'SIGTERM'));
    return void (await import(pathToFileURL(file).href));
  }
  if (!existsSync(pinned)) {
    return stop(`Tyto needs Node.js ${OLDEST_MAJOR} or newer, this is ${process.versions.node}. Type:  cd ${root} && npm ci`);
  }
  await runNode(pinned, [file, ...process.argv.slice(2)]);
}

/**
 * Node.js keeps the code that it compiled in `folder`, for this process and those it starts: the next start takes about
 * a tenth of a second less of the processor. Where the folder cannot be written, nothing is kept and nothing is said.
 * Not in the system's folder for temporary files, where another user could put code for us. A device's first process
 * does not read it itself: what is read stays in memory, 1.5 MB for months.
 *
 * @param {string} folder
 */
function keepCompiledCode(folder) {
  process.env['NODE_COMPILE_CACHE'] ??= folder;
  if (process.argv[2] !== 'run') module.enableCompileCache?.(); // a Node.js that is too old only starts the other one
}

/** @param {string} message */
function stop(message) {
  process.stderr.write(`tyto: ${message}\n`);
  process.exit(1);
}
