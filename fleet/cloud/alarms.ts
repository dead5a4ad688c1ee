/** What somebody has to look at, before footage waits for long or a device cannot upload. */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { WHOLE_BUCKET } from './buckets.ts';
import type { QueueWithDead } from './queues.ts';

export interface Watched {
  readonly uploads: QueueWithDead;
  readonly events: QueueWithDead;
  readonly ingest: LambdaFunction;
  readonly sweep: LambdaFunction;
  readonly landing: Bucket;
  readonly tables: readonly Table[];
}

const PERIOD = Duration.minutes(5);

export function makeAlarms(
  scope: Construct, { uploads, events, ingest, sweep, landing, tables }: Watched, topic: Topic,
): void {
  const alarm = (id: string, metric: IMetric, above: number, why: string, periods = 1): void => {
    new Alarm(scope, `alarm-${id}`, {
      metric, threshold: above, evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING, alarmDescription: why,
    }).addAlarmAction(new SnsAction(topic));
  };
  const sum = { period: PERIOD, statistic: 'Sum' };
  for (const [name, { dead }] of Object.entries({ uploads, events })) {
    alarm(`${name}-dead`, dead.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }), 0,
      `Something was tried five times in vain and lies in ${name}' dead letters: see the log, mend it, and start the redrive.`);
  }
  alarm('uploads-waiting', uploads.queue.metricApproximateAgeOfOldestMessage({
    period: PERIOD, statistic: 'Maximum',
  }), 15 * 60,
    'An upload waits for more than 15 minutes: ingest fails, or is held at its most at once.', 2);
  alarm(
    'ingest-errors',
    ingest.metricErrors(sum), 0,
    'Ingest ended without an answer: out of memory, out of time, or its image does not start.',
  );
  alarm(
    'sweep-errors',
    sweep.metricErrors(sum), 0,
    'The look through the landing ended without an answer; uploads that nobody told of wait.', 3,
  );
  alarm(
    'ingest-throttles',
    ingest.metricThrottles(sum), 10,
    'The account has no room for more functions: raise its limit, or lower the most at once.', 3,
  );
  alarm('landing-refusals', landingRefusals(landing), 100,
    'The landing refuses requests: devices with old credentials, a wrong clock, or somebody who tries what he may not.', 3);
  for (const [i, table] of tables.entries()) {
    alarm(
      `table-${i}-throttles`,
      throttles(table), 50, 'A table gives less than it is asked for: a hot partition, or its account\'s limit.', 3,
    );
  }
}

const landingRefusals = (landing: Bucket): Metric => new Metric({
  namespace: 'AWS/S3', metricName: '4xxErrors', statistic: 'Sum',
  period: PERIOD, dimensionsMap: { BucketName: landing.bucketName, FilterId: WHOLE_BUCKET },
});

const throttles = (table: Table): Metric => new Metric({
  namespace: 'AWS/DynamoDB', metricName: 'WriteThrottleEvents', statistic: 'Sum',
  period: PERIOD, dimensionsMap: { TableName: table.tableName },
});
