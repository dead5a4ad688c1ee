/**
 * The tables of the index in DynamoDB. Whoever makes them (the stack of the cloud, a test) makes them as it stands
 * here.
 */

export interface TableIndexSpec {
  readonly name: string;
  readonly hash: string;
  readonly range: string;
  readonly projection: 'KEYS_ONLY' | 'ALL';
}
/** All keys are texts. */
export interface TableSpec {
  /** Behind the prefix and a hyphen. */
  readonly name: 'events' | 'devices' | 'rejected' | 'news';
  readonly hash: string;
  readonly range?: string;
  readonly indexes: readonly TableIndexSpec[];
  /** The attribute that says, in unix seconds, when an item may be forgotten. */
  readonly ttl?: string;
}
export type TableName = TableSpec['name'];

export const TABLES: readonly TableSpec[] = [
  {
    name: 'events', hash: 'pk', range: 'sk', ttl: 'expires_at',
    indexes: [{ name: 'by-account', hash: 'account_day', range: 'place', projection: 'KEYS_ONLY' }],
  },
  {
    name: 'devices', hash: 'device', range: 'account',
    indexes: [{ name: 'by-account', hash: 'account_shard', range: 'device', projection: 'KEYS_ONLY' }],
  },
  {
    name: 'rejected', hash: 'key',
    indexes: [{ name: 'by-time', hash: 'month_shard', range: 'moment', projection: 'ALL' }],
  },
  { name: 'news', hash: 'pk', range: 'sk', ttl: 'expires_at', indexes: [] },
];
