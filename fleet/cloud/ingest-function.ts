/**
 * Ingest as two functions of one image: one is woken by the landing's queue and judges what it tells of, with
 * the image's ffmpeg; the other looks through the landing now and then for what nobody told of: files whose
 * manifest never came, news that was lost.
 */
import { Duration, Size } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Wakes } from 'aws-cdk-lib/aws-events-targets';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DockerImageCode, DockerImageFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface IngestFunctionOptions {
  readonly name: string;
  readonly repository: string;
  readonly imageTag: string;
  /** At most so many run at a time: what a decoder costs, and what the tables get, has an end. */
  readonly mostAtOnce: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
}

/** AWS gives a function no more. */
export const FUNCTION_TIMEOUT = Duration.minutes(15);
/** A whole processor goes with 1,769 MB; above it ffmpeg has threads to use. */
const MEMORY_MB = 3008;
/** Copies that are judged, and what of them was encrypted once more in the clear: the most there is. */
const SPACE = Size.gibibytes(10);
const BATCH = 10;
const SWEEP_EVERY = Duration.minutes(15);

export interface IngestFunctions { readonly ingest: LambdaFunction; readonly sweep: LambdaFunction }

export function makeIngestFunctions(scope: Construct, queue: Queue, options: IngestFunctionOptions): IngestFunctions {
  const logs = new LogGroup(scope, 'ingest-log', {
    logGroupName: `/aws/lambda/${options.name}-ingest`, retention: RetentionDays.ONE_MONTH,
  });
  // Its own, with each statement written out: the role that is made for a function may write any log of the account.
  const role = new Role(scope, 'ingest-role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const mine = [
    new PolicyStatement({
      sid: 'WriteLog', effect: Effect.ALLOW, actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logs.logGroupArn],
    }),
    new PolicyStatement({
      sid: 'TakeMessages', effect: Effect.ALLOW,
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], resources: [queue.queueArn],
    }),
  ];
  for (const statement of [...mine, ...options.statements]) role.addToPrincipalPolicy(statement);
  const images = Repository.fromRepositoryName(scope, 'images', options.repository);
  const make = (
    what: 'ingest' | 'sweep', handler: string, most?: number,
  ): LambdaFunction => new DockerImageFunction(scope, `${what}-function`, {
    functionName: `${options.name}-${what}`, role, logGroup: logs, timeout: FUNCTION_TIMEOUT,
    memorySize: MEMORY_MB, ephemeralStorageSize: SPACE,
    code: DockerImageCode.fromEcr(images, { tagOrDigest: options.imageTag, cmd: [handler] }),
    environment: { ...options.environment }, ...(most === undefined ? {} : { reservedConcurrentExecutions: most }),
  });
  const [ingest, sweep] = [make('ingest', 'handler'), make('sweep', 'sweep', 1)];
  ingest.addEventSourceMapping('uploads', {
    eventSourceArn: queue.queueArn, batchSize: BATCH, reportBatchItemFailures: true, maxConcurrency: options.mostAtOnce,
  });
  const schedule = new Rule(scope, 'sweep-schedule', {
    ruleName: `${options.name}-sweep`, schedule: Schedule.rate(SWEEP_EVERY),
  });
  schedule.addTarget(new Wakes(sweep, { retryAttempts: 0 })); // the next one comes anyway
  return { ingest, sweep };
}
