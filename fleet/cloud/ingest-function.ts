/** Ingest as a function: it is woken by the landing's queue, and judges up to ten uploads at a time with the ffmpeg of its image. */
import { Duration, Size } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
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

export function makeIngestFunction(scope: Construct, queue: Queue, options: IngestFunctionOptions): LambdaFunction {
  const logs = new LogGroup(scope, 'ingest-log', { logGroupName: `/aws/lambda/${options.name}-ingest`, retention: RetentionDays.ONE_MONTH });
  // Its own, with each statement written out: the role that is made for a function may write any log of the account.
  const role = new Role(scope, 'ingest-role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const mine = [
    new PolicyStatement({ sid: 'WriteLog', effect: Effect.ALLOW, actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logs.logGroupArn] }),
    new PolicyStatement({
      sid: 'TakeMessages', effect: Effect.ALLOW, actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], resources: [queue.queueArn],
    }),
  ];
  for (const statement of [...mine, ...options.statements]) role.addToPrincipalPolicy(statement);
  const ingest = new DockerImageFunction(scope, 'ingest-function', {
    functionName: `${options.name}-ingest`, role, logGroup: logs, timeout: FUNCTION_TIMEOUT, memorySize: MEMORY_MB, ephemeralStorageSize: SPACE,
    code: DockerImageCode.fromEcr(Repository.fromRepositoryName(scope, 'images', options.repository), { tagOrDigest: options.imageTag }),
    environment: { ...options.environment },
  });
  ingest.addEventSourceMapping('uploads', {
    eventSourceArn: queue.queueArn, batchSize: BATCH, reportBatchItemFailures: true, maxConcurrency: options.mostAtOnce,
  });
  return ingest;
}
