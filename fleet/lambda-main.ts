/** What the image of the cloud's functions runs: `lambda-main.js handler` or `lambda-main.js sweep`. */
import { UsageError } from '../device/core/errors.ts';
import { lambdaAddress } from './config/lambda-address.ts';
import { runLambda, type Work } from './ingest/cloud/lambda-runtime.ts';
import type { QueueBatch } from './ingest/cloud/handlers.ts';
import { handler, sweep } from './lambda.ts';

const works: Readonly<Record<string, Work>> = {
  handler: (event, context) => handler(event as QueueBatch, context), // Lambda sends what its event source is
  sweep: (event, context) => sweep(event, context),
};

const [name = ''] = process.argv.slice(2);
const work = works[name];
if (work === undefined) throw new UsageError(`lambda-main takes handler or sweep, got "${name}"`);
await runLambda(lambdaAddress(), work, new AbortController().signal);
