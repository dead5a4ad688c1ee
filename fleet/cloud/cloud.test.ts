import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { readInvocation } from '../config/load-settings.ts';
import { TABLES } from '../index/dynamodb/tables.ts';
import { parseStores } from '../storage/stores-file.ts';
import { devicePolicy } from './device-policy.ts';
import { STACK, synthesize } from './synthesize.ts';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
}
const OPTIONS = { name: 'owl', tables: TABLES, mostAtOnce: 50 };

describe('the stack in the cloud', () => {
  let template: Template;
  before(() => { template = Template.fromJSON({ ...synthesize(OPTIONS) }); });

  /** Every statement of every policy in the template, by what it belongs to. */
  function statements(): readonly (readonly [owner: string, statement: Statement])[] {
    const found: (readonly [string, Statement])[] = [];
    const walk = (owner: string, value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('Statement' in value && Array.isArray(value.Statement))
        found.push(...(value.Statement as Statement[]).map((one) => [owner, one] as const));
      for (const inner of Object.values(value)) walk(owner, inner);
    };
    const { Resources } = template.toJSON() as {
      readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
    };
    for (const resource of Object.values(Resources)) walk(resource.Type, resource);
    return found;
  }
  const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

  it('allows no action and no resource by a star, in any statement', () => {
    const all = statements().filter(([, { Effect }]) => Effect === 'Allow');
    assert.ok(all.length > 15);
    for (const [owner, statement] of all) {
      const what = `${owner}: ${JSON.stringify(statement)}`;
      // A key's own policy: its resource is the key, and without its account in it nobody could ever
      // change it. AWS has no narrower one.
      if (owner === 'AWS::KMS::Key') continue;
      for (const action of listOf(statement.Action)) assert.doesNotMatch(String(action), /\*/, what);
      if (owner === 'AWS::IAM::Role' && statement.Resource === undefined) continue; // who may take the role
      for (const resource of listOf(statement.Resource)) assert.notEqual(resource, '*', what);
    }
  });

  it('says in its denials only what nobody may: to speak without TLS, to be the fleet', () => {
    const denied = statements().filter(([, { Effect }]) => Effect === 'Deny');
    for (const [owner, statement] of denied) {
      if (owner === 'AWS::IAM::Role') assert.equal(statement.Sid, 'NeverAnswerItself');
      else assert.match(JSON.stringify(statement), /SecureTransport|TlsVersion/);
    }
    for (const [type, policies] of [
      ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'], ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'],
      ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy'],
    ]) {
      assert.equal(
        Object.keys(template.findResources(String(policies))).length,
        Object.keys(template.findResources(String(type))).length,
      );
    }
  });

  it('has buckets that are encrypted, never public, owned by the account, and kept', () => {
    const buckets = Object.values(template.findResources('AWS::S3::Bucket'));
    assert.equal(buckets.length, 3);
    for (const bucket of buckets) {
      const { Properties: properties, DeletionPolicy: kept } =
        bucket as { readonly Properties: Record<string, unknown>; readonly DeletionPolicy: string };
      assert.equal(kept, 'Retain');
      assert.deepEqual(properties['PublicAccessBlockConfiguration'], {
        BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
      });
      assert.deepEqual(properties['OwnershipControls'], { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] });
      assert.ok(properties['BucketEncryption']);
      assert.match(JSON.stringify(properties['LifecycleConfiguration']), /AbortIncompleteMultipartUpload/);
    }
    template.hasResourceProperties('AWS::S3::Bucket', { BucketEncryption: { ServerSideEncryptionConfiguration: [
      { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
    ] } });
  });

  it('leads from the landing over a queue with dead letters to ingest, ten manifests at a time, each answered for itself', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { QueueConfigurations: [
        { Event: 's3:ObjectCreated:*', Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: '.json' }] } } },
      ] },
      LifecycleConfiguration: {
        Rules: [Match.objectLike({ ExpirationInDays: 90, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } })],
      },
    });
    const [landing] = Object.values(
      template.findResources('AWS::S3::Bucket', { Properties: { NotificationConfiguration: Match.anyValue() } }),
    );
    assert.match(
      JSON.stringify((landing as { readonly DependsOn: unknown }).DependsOn),
      /uploadsqueuePolicy/, 'S3 asks the queue before it is told of it',
    );
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'owl-uploads', SqsManagedSseEnabled: true, RedrivePolicy: { maxReceiveCount: 5 },
      VisibilityTimeout: 6 * 900, // six times as long as a function may take, as AWS advises
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 50 },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['sweep'] }, ReservedConcurrentExecutions: 1,
    });
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(15 minutes)' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['handler'] }, PackageType: 'Image', Timeout: 900, MemorySize: 3008,
      EphemeralStorage: { Size: 10_240 },
    });
  });

  it('has the tables that the index wants, paid by use, restorable, never deleted by a slip', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', TABLES.length);
    for (const { name, hash, range, indexes, ttl } of TABLES) {
      const keys = (first: string, second?: string) =>
        [{ AttributeName: first, KeyType: 'HASH' }, ...(second === undefined ? []
          : [{ AttributeName: second, KeyType: 'RANGE' }])];
      template.hasResource('AWS::DynamoDB::Table', {
        DeletionPolicy: 'Retain',
        Properties: {
          TableName: `owl-${name}`, BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true, KeySchema: keys(hash, range),
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          ...(ttl === undefined ? {} : { TimeToLiveSpecification: { AttributeName: ttl, Enabled: true } }),
          ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes.map((index) => Match.objectLike({
            IndexName: index.name, KeySchema: keys(index.hash, index.range),
            Projection: { ProjectionType: index.projection },
          })) }),
        },
      });
    }
  });

  it('lets a device, by the tag of its session, put and list below its own prefix and nothing else', () => {
    const { Statement: [put, list, deny] } = devicePolicy('arn:aws:s3:::b', 'yard');
    assert.deepEqual(put?.Resource, ['arn:aws:s3:::b/yard/*']);
    assert.deepEqual(
      [list?.Resource, list?.Condition], [['arn:aws:s3:::b'], { StringLike: { 's3:prefix': ['yard/*'] } }],
    );
    assert.deepEqual(
      [deny?.Effect, deny?.Resource], ['Deny', ['arn:aws:s3:::b/yard/answers/*', 'arn:aws:s3:::b/yard/requests/*']],
    );
    const allowed = [put, list].flatMap((statement) => statement?.Action ?? []);
    assert.ok(allowed.every((action) => !/Get|Delete/.test(action)));
    const [role] = Object.values(template.findResources('AWS::IAM::Role', { Properties: { RoleName: 'owl-device' } }));
    const text = JSON.stringify(role);
    assert.match(text, /\$\{aws:PrincipalTag\/device\}\/\*/);
    for (const { Condition: condition } of ((role as {
      Properties: { AssumeRolePolicyDocument: { Statement: { Condition: object }[] } };
    }).Properties.AssumeRolePolicyDocument.Statement)) {
      assert.deepEqual(condition, {
        'StringLike': { 'aws:RequestTag/device': '?*' }, 'ForAllValues:StringEquals': { 'aws:TagKeys': ['device'] },
      });
    }
  });

  it('lets the console read of the landing what devices report, and nothing else', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::ManagedPolicy')) as {
      readonly Properties: { readonly PolicyDocument: { readonly Statement: Statement[] } };
    }[];
    const readers = policy?.Properties.PolicyDocument.Statement.filter(({ Action, Resource }) =>
      listOf(Action).includes('s3:GetObject') && /landing/.test(JSON.stringify(Resource)));
    assert.deepEqual(
      readers?.map(({ Sid, Action }) => [Sid, Action]), [['ReadReports', ['s3:GetObject', 's3:DeleteObject']]],
    );
    assert.match(JSON.stringify(readers), /\/\*\/reports\/\*/);
  });

  it('gives ingest settings that it knows, and lets it start with them', () => {
    const [ingest] = Object.values(template.findResources('AWS::Lambda::Function'));
    const { Environment: { Variables: variables } } = (ingest as {
      readonly Properties: { readonly Environment: { readonly Variables: Record<string, unknown> } };
    }).Properties;
    const env = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, resolved(value)]));
    const invocation = readInvocation(['serve'], env);
    assert.ok(invocation.command === 'serve');
    assert.deepEqual([invocation.settings.landing, invocation.settings.index], [
      { type: 's3', bucket: 'landing-bucket', prefix: '' }, { type: 'dynamodb', prefix: 'owl' },
    ]);
    assert.deepEqual(parseStores(invocation.settings.stores, 'here'), {
      library: { place: { type: 's3', bucket: 'library-bucket', prefix: '' }, region: 'eu-central-1' },
      quarantine: { place: { type: 's3', bucket: 'quarantine-bucket', prefix: '' }, region: 'eu-central-1' },
    });
  });

  it('rings for dead letters, waiting uploads, failing and throttled functions, refused devices and throttled tables', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as {
      readonly Properties: {
        readonly MetricName: string;
        readonly AlarmActions: unknown[];
        readonly AlarmDescription: string;
      };
    }[];
    assert.deepEqual([...new Set(alarms.map(({ Properties: { MetricName: name } }) => name))].toSorted(), [
      '4xxErrors', 'ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible', 'Errors',
      'Throttles', 'WriteThrottleEvents',
    ]);
    template.hasResourceProperties('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement: Match.arrayWith([
      Match.objectLike({ Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
    ]) } });
    for (const { Properties: { AlarmActions: actions, AlarmDescription: why } } of alarms)
      assert.ok(actions.length === 1 && why.length > 20);
  });

  it('needs nothing prepared in the account: no files of its own, no rules', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-cloud-'));
    try {
      synthesize(OPTIONS, folder);
      const text = await readFile(path.join(folder, `${STACK}.template.json`), 'utf8');
      assert.ok(text.length < 51_200, 'so short that `aws cloudformation deploy` sends it without a bucket');
      assert.doesNotMatch(text, /cdk-bootstrap|AssetParameters/);
      assert.deepEqual((await readdir(folder)).filter((name) => name.startsWith('asset.')), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** A value of a template as CloudFormation would fill it in. */
function resolved(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::Join': join } =
    value as { readonly 'Ref'?: string; readonly 'Fn::Join'?: readonly [string, readonly unknown[]] };
  if (join !== undefined) return join[1].map(resolved).join(join[0]);
  return ref === 'AWS::Region' ? 'eu-central-1' : String(ref).replace(/^([a-z]+)bucket.*$/, '$1-bucket');
}
