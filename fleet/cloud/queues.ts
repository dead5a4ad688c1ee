import { Aws, Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface QueueWithDead { readonly queue: Queue; readonly dead: Queue }

/** A message that was taken so often in vain goes to the dead letters. */
const TRIES = 5;
const LONGEST = Duration.days(14);

/** @param busy - For so long nobody else sees a message that is worked on. */
export function makeQueue(scope: Construct, name: string, what: string, busy: Duration): QueueWithDead {
  const secure = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: LONGEST };
  const dead = new Queue(scope, `${what}-dead-letters`, { queueName: `${name}-${what}-dead-letters`, ...secure });
  const queue = new Queue(scope, `${what}-queue`, {
    queueName: `${name}-${what}`, ...secure,
    visibilityTimeout: busy, deadLetterQueue: { queue: dead, maxReceiveCount: TRIES },
  });
  return { queue, dead };
}

/** Lets a bucket of this account, and nobody else, put messages. */
export function letBucketIn({ queue }: QueueWithDead, bucketArn: string): void {
  queue.addToResourcePolicy(new PolicyStatement({
    sid: 'TheLanding', effect: Effect.ALLOW,
    principals: [new ServicePrincipal('s3.amazonaws.com')], actions: ['sqs:SendMessage'], resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': bucketArn }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  }));
}
