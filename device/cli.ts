/** The `tyto` command: each subcommand loads only what it needs, so that `detect` starts quickly. */
import { TYTO_VERSION } from './contract/version.ts';
import { UsageError } from './core/errors.ts';
import { becomeLean } from './runtime/lean.ts';
import { endWithReader, print } from './runtime/print.ts';
import { runRole } from './runtime/role.ts';

const HELP = `Tyto ${TYTO_VERSION}: watches a camera, records what matters, loses nothing.

Usage: tyto COMMAND [OPTIONS]

Commands:
  run           watch the camera, record, serve the page, upload
  detect FILE   run the device's vision over a clip and print what it sees
  faces IMAGE   find the faces in photographs
  people        list, name and forget the people whom the device knows
  uploads       list what could not be uploaded, and have it tried again
  verify FILE   say whether a clip is whole and plays
  decrypt FILE  write what an encrypted clip or picture holds, for who has the key
  health        ask the device that runs here whether it is well

  tyto COMMAND --help   explains a command and its settings
  tyto --version        prints the version
`;

const commands: Readonly<
  Record<string, () => Promise<{ readonly command: (args: readonly string[], signal: AbortSignal) => Promise<void> }>>
> = {
  run: () => {
    becomeLean(); // first: what was compiled with all compilers has loaded them
    return import('./cli/run.ts');
  },
  detect: () => import('./cli/detect.ts'),
  faces: () => import('./cli/faces.ts'),
  people: () => import('./cli/people.ts'),
  uploads: () => import('./cli/uploads.ts'),
  verify: () => import('./cli/verify.ts'),
  decrypt: () => import('./cli/decrypt.ts'),
  health: () => import('./cli/health.ts'),
};

endWithReader();
await runRole(async (signal) => {
  const [name, ...args] = process.argv.slice(2);
  const load = commands[name ?? ''];
  if (name === '--version' || name === '-v') print(`${TYTO_VERSION}\n`);
  else if (name === undefined || name === '--help' || name === '-h' || name === 'help') print(HELP);
  else if (load !== undefined) await (await load()).command(args, signal);
  else {
    throw new UsageError(`there is no command "${name}"; run, detect, faces, people, uploads, verify, decrypt and health `
      + 'are the commands, `tyto --help` explains them');
  }
});
