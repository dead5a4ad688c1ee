/** Every setting of `tyto-fleet serve`, once: name, default, range and sentence. */
import { z } from 'zod';
import { indexText } from './index-place.ts';
import { landingText } from './landing-place.ts';
import { durationText, integerText, sizeText } from './units-text.ts';

export interface FleetSetting<T = unknown> {
  readonly env: `TYTO_FLEET_${string}`;
  /** The option of the command line that says the same, and what it takes. */
  readonly flag?: { readonly name: string; readonly takes: string };
  /** As a person would write it; empty for none. */
  readonly default: string;
  /** What is accepted, for messages and docs. */
  readonly expectation: string;
  readonly doc: string;
  /** Its value is never shown, or, of an address, no more than scheme and host: people write passwords into those. */
  readonly hidden?: 'all' | 'all-but-host';
  readonly schema: z.ZodType<T, string>;
}

const text = (pattern: RegExp): z.ZodType<string, string> => z.string().regex(pattern);
const setting = <T>(one: FleetSetting<T>): FleetSetting<T> => one;

export const fleetSettings = {
  landing: setting({
    env: 'TYTO_FLEET_LANDING',
    flag: { name: 'landing', takes: 'DIR|s3://…|gs://…|azure://…' },
    default: './data/landing',
    expectation: 'a folder, s3://bucket/prefix, gs://bucket/prefix or azure://container/prefix',
    schema: landingText,
    hidden: 'all-but-host',
    doc: 'Where devices upload to. The default is where a device started in the same folder puts its events.',
  }),
  data: setting({
    env: 'TYTO_FLEET_DATA',
    flag: { name: 'data', takes: 'DIR' },
    default: './fleet-data',
    expectation: 'a folder',
    schema: text(/^[^\0\r\n]+$/),
    doc: 'Folder for the library, the index, the quarantine and the password of the page.',
  }),
  library: setting({
    env: 'TYTO_FLEET_LIBRARY',
    flag: { name: 'library', takes: 'DIR|s3://…|gs://…' },
    default: '',
    expectation: 'a folder, s3://bucket/prefix or gs://bucket/prefix',
    schema: text(/^[^\0\r\n]*$/),
    hidden: 'all-but-host',
    doc:
      "Where what is sound is kept, a bucket with the machine's own credentials; empty: `library` in the data folder.",
  }),
  acceptLibrary: setting({
    env: 'TYTO_FLEET_ACCEPT_LIBRARY',
    flag: { name: 'accept-library', takes: 'DIR|s3://…|gs://…' },
    default: '',
    expectation: 'the place of the library',
    schema: text(/^[^\0\r\n]*$/),
    hidden: 'all-but-host',
    doc: 'Place of a library that is right although it lacks [what was filed before](fleet-storage.md).',
  }),
  stores: setting({
    env: 'TYTO_FLEET_STORES',
    flag: { name: 'stores', takes: 'FILE' },
    default: '',
    expectation: 'a JSON file, or the JSON in it',
    schema: text(/^[^\0\r\n]*$/),
    hidden: 'all',
    doc: 'JSON file that names library, quarantine and replicas, each with a key of its own; or that JSON itself.',
  }),
  port: setting({
    env: 'TYTO_FLEET_PORT',
    flag: { name: 'port', takes: 'N' },
    default: '8090',
    expectation: 'a whole number from 0 to 65535',
    schema: integerText(0, 65_535),
    doc: 'Port of the page; 0 takes any that is free.',
  }),
  host: setting({
    env: 'TYTO_FLEET_HOST',
    default: '0.0.0.0',
    expectation: 'an IP address of this machine',
    schema: text(/^[0-9a-fA-F:.]+$/),
    doc: 'Address that the page is served on; 127.0.0.1 hides it from the network.',
  }),
  keyFile: setting({
    env: 'TYTO_FLEET_KEY_FILE',
    flag: { name: 'key', takes: 'FILE' },
    default: '',
    expectation: 'a file with private keys',
    schema: text(/^[^\0\r\n]*$/),
    hidden: 'all',
    doc: 'File with the private keys that open encrypted recordings; without it they are kept unopened.',
  }),
  maxClip: setting({
    env: 'TYTO_FLEET_MAX_CLIP',
    default: '2G',
    expectation: 'a size from 1M to 1T',
    schema: sizeText('1M', '1T'),
    doc: 'Largest clip that is accepted.',
  }),
  wait: setting({
    env: 'TYTO_FLEET_WAIT',
    default: '10m',
    expectation: 'a duration from 1s to 7d',
    schema: durationText('1s', '7d'),
    doc: 'How long the files that a manifest names may be missing before the event is rejected.',
  }),
  orphansAfter: setting({
    env: 'TYTO_FLEET_ORPHANS_AFTER',
    default: '24h',
    expectation: 'a duration from 1s to 365d',
    schema: durationText('1s', '365d'),
    doc: 'How long a file may lie in the landing without a manifest before it goes to the quarantine.',
  }),
  faces: setting({
    env: 'TYTO_FLEET_FACES',
    default: 'off',
    expectation: 'one of on, off',
    schema: z.enum(['on', 'off']),
    doc: 'Whether faces are looked for in the pictures of devices that told of none.',
  }),
  people: setting({
    env: 'TYTO_FLEET_PEOPLE',
    default: '',
    expectation: 'a folder',
    schema: text(/^[^\0\r\n]*$/),
    doc: 'Folder with pictures of people whose faces are then called by name: `Anna.jpg`, or several in `Anna/`.',
  }),
  poll: setting({
    env: 'TYTO_FLEET_POLL',
    default: '2s',
    expectation: 'a duration from 100ms to 1h',
    schema: durationText('100ms', '1h'),
    doc: 'How often the landing is looked through.',
  }),
  s3Endpoint: setting({
    env: 'TYTO_FLEET_S3_ENDPOINT',
    default: '',
    expectation: 'an http:// or https:// address without user name and password',
    schema: text(/^https?:\/\/[^\s@]+$|^$/),
    hidden: 'all-but-host',
    doc: 'Address of the S3 server of an s3:// landing; empty for AWS.',
  }),
  s3Region: setting({
    env: 'TYTO_FLEET_S3_REGION',
    default: 'us-east-1',
    expectation: 'a region name such as eu-central-1',
    schema: text(/^[a-z0-9-]+$/),
    doc: 'Region of the bucket.',
  }),
  s3AccessKeyId: setting({
    env: 'TYTO_FLEET_S3_ACCESS_KEY_ID',
    default: '',
    expectation: 'an access key id',
    schema: text(/^[^\s]*$/),
    hidden: 'all',
    doc: "Key that may list, read, put and delete in the landing; empty for the machine's own credentials.",
  }),
  s3SecretAccessKey: setting({
    env: 'TYTO_FLEET_S3_SECRET_ACCESS_KEY',
    default: '',
    expectation: 'a secret access key',
    schema: text(/^[^\s]*$/),
    hidden: 'all',
    doc: "The key's secret.",
  }),
  events: setting({
    env: 'TYTO_FLEET_EVENTS',
    default: '',
    expectation: 'a JSON list, or a file that holds one',
    schema: text(/^[^\0]*$/),
    hidden: 'all',
    doc: 'Whom the fleet tells of what it takes in: [events](fleet-events.md).',
  }),
  ask: setting({
    env: 'TYTO_FLEET_ASK',
    default: '',
    expectation: 'a JSON list, or a file that holds one',
    schema: text(/^[^\0]*$/),
    doc: 'Rules that ask devices for clips by themselves: [footage on demand](on-demand.md).',
  }),
  index: setting({
    env: 'TYTO_FLEET_INDEX',
    default: 'sqlite',
    expectation: 'sqlite, or dynamodb: and what the names of its tables begin with',
    schema: indexText,
    doc: 'The index: `sqlite`, in the data folder, or `dynamodb:PREFIX`, with the machine\'s own credentials.',
  }),
  indexRegion: setting({
    env: 'TYTO_FLEET_INDEX_REGION',
    default: 'us-east-1',
    expectation: 'a region name such as eu-central-1',
    schema: text(/^[a-z0-9-]+$/),
    doc: 'Region of the tables of an index in DynamoDB.',
  }),
  indexEndpoint: setting({
    env: 'TYTO_FLEET_INDEX_ENDPOINT',
    default: '',
    expectation: 'an http:// or https:// address without user name and password',
    schema: text(/^https?:\/\/[^\s@]+$|^$/),
    hidden: 'all-but-host',
    doc: 'Address of a server that speaks DynamoDB; empty for AWS.',
  }),
  gcsKey: setting({
    env: 'TYTO_FLEET_GCS_KEY',
    default: '',
    expectation: 'a JSON key file of a service account, or the JSON in it',
    schema: text(/^[^\0]*$/),
    hidden: 'all',
    doc: 'Key of a service account that may list, read, create and delete in a gs:// landing.',
  }),
  azureEndpoint: setting({
    env: 'TYTO_FLEET_AZURE_ENDPOINT',
    default: '',
    expectation: 'an http:// or https:// address without user name and token',
    schema: text(/^https?:\/\/[^\s@?]+$|^$/),
    hidden: 'all-but-host',
    doc: 'Address of the account of an azure:// landing: `https://ACCOUNT.blob.core.windows.net`.',
  }),
  azureSas: setting({
    env: 'TYTO_FLEET_AZURE_SAS',
    default: '',
    expectation: 'a SAS token',
    schema: text(/^\S*$/),
    hidden: 'all',
    doc: 'SAS token that may list, read, create, write and delete in that container.',
  }),
  ingest: setting({
    env: 'TYTO_FLEET_INGEST',
    default: 'here',
    expectation: 'here or elsewhere',
    schema: z.enum(['here', 'elsewhere']),
    doc: 'Who empties the landing: this process, or another that works on the same stores and index.',
  }),
  logLevel: setting({
    env: 'TYTO_FLEET_LOG_LEVEL',
    default: 'info',
    expectation: 'one of debug, info, warn, error',
    schema: z.enum(['debug', 'info', 'warn', 'error']),
    doc: 'Least serious lines that are logged.',
  }),
  logFormat: setting({
    env: 'TYTO_FLEET_LOG_FORMAT',
    default: 'text',
    expectation: 'one of text, json',
    schema: z.enum(['text', 'json']),
    doc: 'Log lines for people, or one JSON object each.',
  }),
};

type Table = typeof fleetSettings;
/** The values of all settings. `landing` of a folder and `data` are still relative as given. */
export type FleetValues = { readonly [K in keyof Table]: Table[K] extends FleetSetting<infer V> ? V : never };
