/**
 * Writes the CloudFormation template of a fleet: `node fleet/cloud/main.ts FOLDER [NAME]
 * [MOST_AT_ONCE]`; see docs/guide/cloud.md.
 */
import path from 'node:path';
import { TABLES } from '../index/dynamodb/tables.ts';
import { STACK, synthesize } from './synthesize.ts';

const [folder, name = 'tyto', mostAtOnce = '100'] = process.argv.slice(2);
const most = Number(mostAtOnce);
if (folder === undefined
  || !/^[a-z][a-z0-9-]{1,20}$/.test(name)
  || !Number.isInteger(most)
  || most < 2
  || most > 1000) {
  process.stderr.write('usage: node fleet/cloud/main.ts FOLDER [NAME] [MOST_AT_ONCE]\n'
    + '  NAME: what all names begin with, 2 to 21 lower-case letters, digits and hyphens; default tyto\n'
    + '  MOST_AT_ONCE: how many functions judge uploads at a time, 2 to 1000; default 100\n');
  process.exitCode = 64;
} else {
  synthesize({ name, tables: TABLES, mostAtOnce: most }, folder);
  process.stdout.write(`${path.join(folder, `${STACK}.template.json`)}\n`);
}
