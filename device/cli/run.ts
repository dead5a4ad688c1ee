import { allSettings, environmentName } from '../config/load-settings.ts';
import { UsageError } from '../core/errors.ts';
import { runDevice } from '../main.ts';
import { print } from '../runtime/print.ts';
import { readArguments } from './arguments.ts';

const HELP = `Usage: tyto run

Watches the camera, records, serves the page and uploads, until Ctrl-C or SIGTERM.

Settings come from the environment, or from config.json in the data folder
({"motion": {"sensitivity": 0.6}}); the environment wins.

  TYTO_DATA
      The folder that holds everything. Default: ./data
`;

/** `tyto run` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values, positionals } = readArguments('run', args, {});
  if (values.help === true) return void print(HELP + settingsHelp());
  if (positionals.length > 0) {
    const got = positionals.join(' ');
    throw new UsageError(`tyto run takes no arguments, got "${got}"; the camera is set with TYTO_CAMERA_SOURCE`);
  }
  await runDevice(signal);
}

const settingsHelp = (): string => allSettings().map(([key, { doc, expectation, defaultText }]) =>
  `  ${environmentName(key)}\n      ${doc}\n      Takes ${expectation}. Default: ${defaultText}\n`).join('');
