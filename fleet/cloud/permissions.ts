/**
 * What each part of the fleet may do, action by action. The construct library's own grants say
 * `s3:GetObject*`; these say what is used.
 */
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

const allow = (sid: string, actions: readonly string[], resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ sid, effect: Effect.ALLOW, actions: [...actions], resources: [...resources] });

/** ARNs. */
export interface Places {
  readonly landing: string;
  readonly library: string;
  readonly quarantine: string;
  readonly libraryKey: string;
  /** Tables and their indexes. */
  readonly index: readonly string[];
}

const INDEX = [
  'dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem',
];
const MULTIPART = ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

/** Empties the landing, answers there, and fills library, quarantine and index. */
export const ingestStatements = (
  { landing, library, quarantine, libraryKey, index }: Places,
): readonly PolicyStatement[] => [
  allow('ListLanding', ['s3:ListBucket'], [landing]),
  allow('EmptyLanding', ['s3:GetObject', 's3:DeleteObject'], [`${landing}/*`]),
  allow('AnswerDevices', ['s3:PutObject'], [`${landing}/*/answers/*`]),
  allow('ListShelves', ['s3:ListBucket'], [library, quarantine]), // without it, what is not there is answered with 403
  allow('FillShelves', ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', ...MULTIPART], [
    `${library}/*`, `${quarantine}/*`,
  ]),
  allow('EncryptLibrary', ['kms:GenerateDataKey', 'kms:Decrypt'], [libraryKey]),
  allow('Index', INDEX, index),
];

/**
 * What shows the fleet to people: reads and deletes in the library, asks devices for
 * footage, lets them in and tells others.
 */
export const consoleStatements = (
  { landing, library, libraryKey, index }: Places,
  { deviceRole, events }: { readonly deviceRole: string; readonly events: string },
): readonly PolicyStatement[] => [
  allow('ListLanding', ['s3:ListBucket'], [landing]),
  // requests; uploads through the fleet, and links to upload with
  allow('PutForDevices', ['s3:PutObject', ...MULTIPART], [`${landing}/*`]),
  allow('WithdrawRequests', ['s3:DeleteObject'], [`${landing}/*/requests/*`]),
  // ingest leaves them to who keeps the requests
  allow('ReadReports', ['s3:GetObject', 's3:DeleteObject'], [`${landing}/*/reports/*`]),
  allow('ListLibrary', ['s3:ListBucket'], [library]),
  allow('ShowLibrary', ['s3:GetObject', 's3:DeleteObject'], [`${library}/*`]),
  allow('TryLibrary', ['s3:PutObject'], [`${library}/tyto-probe/*`]), // what each start tries out
  allow('OpenLibrary', ['kms:Decrypt', 'kms:GenerateDataKey'], [libraryKey]),
  allow('Index', INDEX, index),
  allow('LetDevicesIn', ['sts:AssumeRole', 'sts:TagSession'], [deviceRole]),
  allow('TellOthers', ['sqs:SendMessage', 'sqs:GetQueueUrl'], [events]),
];
