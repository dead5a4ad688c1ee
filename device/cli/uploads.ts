import path from 'node:path';
import { dataFolder } from '../config/load-settings.ts';
import { EVENT_ID_PATTERN } from '../contract/event.ts';
import { UsageError } from '../core/errors.ts';
import { print } from '../runtime/print.ts';
import { deadUploads, redrive } from '../uploader/redrive.ts';
import { readArguments } from './arguments.ts';

const HELP = `Usage: tyto uploads [list] [--json]
       tyto uploads redrive [EVENT]

What could not be uploaded and was put aside, in the data folder (TYTO_DATA, default ./data). The device may run meanwhile.

  list      prints each such event, when it was put aside, and why; the newest first
  redrive   tries one of them again, or all; the device does so within seconds, or when it runs
`;

const MOST_LISTED = 1000;

/** `tyto uploads` */
export async function command(args: readonly string[]): Promise<void> {
  const { values, positionals: [action = 'list', event, ...rest] } = readArguments(
    'uploads', args, { json: { type: 'boolean' } },
  );
  if (values.help === true) return void print(HELP);
  const file = path.join(dataFolder(), 'uploads.db');
  if (action === 'list' && event === undefined) return list(file, values.json === true);
  if (action !== 'redrive' || rest.length > 0)
    throw new UsageError('expected `list` or `redrive [EVENT]`; `tyto uploads --help` explains them');
  if (event !== undefined && !EVENT_ID_PATTERN.test(event))
    throw new UsageError(`expected the id of an event such as 1795252530.123456-k3x9ab, got "${event}"`);
  const count = redrive(file, event);
  if (event !== undefined && count === 0)
    throw new UsageError(`no upload of event ${event} was put aside; \`tyto uploads list\` shows those that were`);
  print(`${count} tried again.\n`);
}

function list(file: string, json: boolean): void {
  const dead = deadUploads(file, MOST_LISTED);
  if (json) return void print(`${JSON.stringify({ dead })}\n`);
  if (dead.length === 0) print('Nothing was put aside.\n');
  for (const { event, code, reason, time } of dead)
    print(`${event}  ${new Date(time * 1000).toISOString()}  ${code}: ${reason}\n`);
}
