/**
 * `node tools/setup/bundle.js FOLDER`: the programs and threads of `device` and `fleet` as JavaScript below FOLDER.
 *
 * What runs is read from a file of its own, in the place of its source, and what several of them share from files in
 * `shared`: Node.js takes as long to find and link a file as to run it, and a Pi's card takes longer. Each module is in
 * one file only, so that a process never holds two copies of one. Packages stay in `node_modules`, but for one that
 * most threads need and none needs a third of.
 */
import { join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { filesBelow } from './fingerprint.js';
import { root } from './project.js';

/** Whatever is started by the name of its file: programs, processes, threads. */
const started = /(?:^|[/-])(?:main|cli|entry)\.ts$/;

/** All of it would be 3 MB more of each thread. */
const needed = 'zod';

/** Sources of no program: the pages are made by Vite, the stacks in the cloud by their own tools. */
const elsewhere = ['device/ui', 'device/web/ui', 'fleet/console/ui', 'fleet/cloud'];

/**
 * A module finds what lies beside it (`new URL('./kernel.wasm', import.meta.url)`) wherever it is put: its address is
 * that of the file that the module would be by itself.
 *
 * @type {import('rolldown').Plugin}
 */
const addresses = {
  name: 'addresses',
  transform: {
    filter: { code: 'import.meta.url' },
    handler(code, id) {
      const place = relative(root, id).split(sep).join('/').replace(/\.ts$/, '.js');
      return { code: code.replaceAll('import.meta.url', `__address("${place}")`), map: null };
    },
  },
  renderChunk(code, chunk) {
    if (!code.includes('__address(')) return null;
    const up = '../'.repeat(chunk.fileName.split('/').length - 1) || './';
    return {
      code: code.replace(/__address\("([^"]+)"\)/g, (_, place) => `new URL("${up}${place}", import.meta.url).href`),
      map: null,
    };
  },
};

const programs = ['device', 'fleet']
  .flatMap((folder) => filesBelow(join(root, folder)))
  .map((path) => relative(root, path))
  .filter((path) => started.test(path) && !elsewhere.some((folder) => path.startsWith(folder + sep)));

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected the folder to write to');
const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(programs.map((path) => [path.replace(/\.ts$/, ''), join(root, path)])),
  platform: 'node',
  external: (id) => !id.startsWith('.') && !id.startsWith('/') && id !== needed,
  plugins: [addresses],
  onLog: (level, { message }) => {
    if (level === 'warn') throw new Error(message); // an import of what is not there, a name that nobody exports
  },
});
await bundle.write({
  dir: folder,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'shared/[name]-[hash].js',
  comments: false, // V8 keeps the text of what it runs, in each thread
  sourcemap: true,
});
