/** The whole fleet in an account of AWS: what a device uploads to, what judges it, and where it is found. */
import { CfnCondition, CfnOutput, CfnParameter, Duration, Fn, Stack, type CfnResource } from 'aws-cdk-lib';
import {
  ArnPrincipal, Effect, ManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { makeAlarms } from './alarms.ts';
import { bucketArn, makeBuckets, tellQueue, type Buckets } from './buckets.ts';
import { devicePolicy, TAGGED_DEVICE } from './device-policy.ts';
import { FUNCTION_TIMEOUT, makeIngestFunctions } from './ingest-function.ts';
import { consoleStatements, ingestStatements, type Places } from './permissions.ts';
import { letBucketIn, makeQueue } from './queues.ts';
import { makeTables, tableArns, type TableSpec } from './tables.ts';

export interface FleetStackOptions {
  /** What everything's name begins with: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly tables: readonly TableSpec[];
  /** How many functions judge uploads at a time, 2 to 1000. */
  readonly mostAtOnce: number;
}

export class FleetStack extends Stack {
  constructor(scope: Construct, id: string, options: FleetStackOptions) {
    super(scope, id, { description: 'Tyto: uploads of devices are taken in, judged and kept' });
    const { name } = options;
    const parameters = makeParameters(this);
    const libraryKey = new Key(this, 'library-key', { alias: `${name}-library`, enableKeyRotation: true });
    const uploads = makeQueue(this, name, 'uploads', Duration.minutes(6 * FUNCTION_TIMEOUT.toMinutes()));
    const events = makeQueue(this, name, 'events', Duration.minutes(1));
    letBucketIn(uploads, bucketArn(name, 'landing'));
    const buckets = makeBuckets(this, name, libraryKey);
    tellQueue(buckets.landing, uploads.queue.queueArn);
    buckets.landing.node.addDependency(uploads.queue); // with its policy: S3 asks whether it may before it is told to
    const tables = makeTables(this, name, options.tables);
    const places: Places = {
      landing: buckets.landing.bucketArn, library: buckets.library.bucketArn,
      quarantine: buckets.quarantine.bucketArn, libraryKey: libraryKey.keyArn,
      index: tableArns(tables, options.tables),
    };
    const { ingest, sweep } = makeIngestFunctions(this, uploads.queue, {
      name, repository: parameters.repository, imageTag: parameters.imageTag,
      mostAtOnce: options.mostAtOnce, statements: ingestStatements(places),
      environment: ingestEnvironment(this, name, buckets),
    });
    const devices = deviceRole(this, { name, landing: places.landing, givenOutBy: parameters.consoleRole });
    const forConsole = new ManagedPolicy(this, 'console-policy', {
      managedPolicyName: `${name}-console`, description: 'For the role of the machine that runs tyto-fleet serve',
      statements: [...consoleStatements(places, { deviceRole: devices.roleArn, events: events.queue.queueArn })],
    });
    makeAlarms(this, {
      uploads, events, ingest, sweep, landing: buckets.landing, tables,
    }, alarmTopic(this, name, parameters.alarmEmail));
    const outputs: Readonly<Record<string, string>> = {
      LandingBucket: buckets.landing.bucketName,
      LibraryBucket: buckets.library.bucketName, QuarantineBucket: buckets.quarantine.bucketName,
      DeviceRoleArn: devices.roleArn,
      ConsolePolicyArn: forConsole.managedPolicyArn, EventsQueueUrl: events.queue.queueUrl,
      DeadUploadsUrl: uploads.dead.queueUrl, Index: `dynamodb:${name}`,
    };
    for (const [output, value] of Object.entries(outputs)) tell(this, output, value);
  }
}

const tell = (stack: Stack, output: string, value: string): CfnOutput => new CfnOutput(stack, output, { value });

function makeParameters(stack: Stack) {
  const text = (
    id: string, description: string, more: { readonly default?: string; readonly allowedPattern?: string } = {},
  ): string =>
    new CfnParameter(stack, id, { type: 'String', description, ...more }).valueAsString;
  return {
    repository: text('ImageRepository', 'Repository of the image with ingest', { default: 'tyto-ingest' }),
    imageTag: text('ImageTag', 'Tag of the image; one that is never given to another image'),
    consoleRole: text('ConsoleRoleArn', 'Role of the machine that runs tyto-fleet serve: it lets devices in', {
      allowedPattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$',
    }),
    alarmEmail: text('AlarmEmail', 'Who is told when something is wrong; empty: nobody by e-mail', { default: '' }),
  };
}

/** The settings of ingest, as `tyto-fleet serve` has them. */
const ingestEnvironment = (
  stack: Stack, name: string, { landing, library, quarantine }: Buckets,
): Readonly<Record<string, string>> => ({
  TYTO_FLEET_LANDING: `s3://${landing.bucketName}`,
  TYTO_FLEET_STORES: stack.toJsonString({
    library: { place: `s3://${library.bucketName}`, region: stack.region },
    quarantine: { place: `s3://${quarantine.bucketName}`, region: stack.region },
  }),
  TYTO_FLEET_S3_REGION: stack.region, TYTO_FLEET_INDEX: `dynamodb:${name}`, TYTO_FLEET_INDEX_REGION: stack.region,
});

/** One role for all devices: each session bears its device's name as a tag, and no session is given out without. */
function deviceRole(
  stack: Stack,
  { name, landing, givenOutBy }: { readonly name: string; readonly landing: string; readonly givenOutBy: string },
): Role {
  const onlyNamed = {
    StringLike: { 'aws:RequestTag/device': '?*' }, 'ForAllValues:StringEquals': { 'aws:TagKeys': ['device'] },
  };
  const giver = (): ArnPrincipal => new ArnPrincipal(givenOutBy);
  const role = new Role(stack, 'device-role', {
    roleName: `${name}-device`, maxSessionDuration: Duration.hours(1),
    assumedBy: giver().withConditions(onlyNamed),
    inlinePolicies: { 'own-prefix-only': PolicyDocument.fromJson(devicePolicy(landing, TAGGED_DEVICE)) },
  });
  role.assumeRolePolicy?.addStatements(new PolicyStatement({
    effect: Effect.ALLOW, principals: [giver()], actions: ['sts:TagSession'], conditions: onlyNamed,
  }));
  return role;
}

function alarmTopic(stack: Stack, name: string, email: string): Topic {
  const topic = new Topic(stack, 'alarms', { topicName: `${name}-alarms`, enforceSSL: true });
  // a topic with a policy of its own has lost the one that let alarms in
  topic.addToResourcePolicy(new PolicyStatement({
    sid: 'Alarms', effect: Effect.ALLOW, principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['sns:Publish'], resources: [topic.topicArn],
    conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
  }));
  const subscription: CfnResource = new CfnSubscription(stack, 'alarm-email', {
    topicArn: topic.topicArn, protocol: 'email', endpoint: email,
  });
  subscription.cfnOptions.condition = new CfnCondition(stack, 'has-alarm-email', {
    expression: Fn.conditionNot(Fn.conditionEquals(email, '')),
  });
  return topic;
}
