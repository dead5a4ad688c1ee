/** DynamoDB in the few words that the index needs: items are plain objects, a condition that fails is an answer. */
import { setTimeout as wait } from 'node:timers/promises';
import type * as Sdk from '@aws-sdk/client-dynamodb';
import { backoffDelay } from '../../../device/core/backoff.ts';
import { RemoteError } from '../../../device/core/errors.ts';
import { millis, seconds, type Millis } from '../../../device/core/units.ts';
import { dynamoError } from './errors.ts';
import { TABLES, type TableName } from './tables.ts';

export type Item = Readonly<Record<string, string | number | boolean>>;
export type Key = Readonly<Record<string, string>>;

export interface DynamoSettings {
  /** What the tables' names begin with, before a hyphen. */
  readonly prefix: string;
  readonly region: string;
  /** Empty for AWS. */
  readonly endpoint: string;
  /** Without them those of the machine are taken. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How long an attempt may take; default 10 s. */
  readonly requestTimeout?: Millis;
}

export interface Query {
  readonly table: TableName;
  readonly index?: string;
  readonly hash: string;
  /** Only items whose range key is less, or only those whose is more. */
  readonly below?: string;
  readonly above?: string;
  /** In the order of the range key, or against it. */
  readonly order: 'rising' | 'falling';
  /** All of them without. */
  readonly limit?: number;
  /** As they are now, at twice the price; not of an index. */
  readonly fresh?: boolean;
}

/** `#version = :version`, with what stands for the signs. Names are those of the attributes. */
export interface Condition { readonly text: string; readonly names: readonly string[]; readonly values?: Item }

interface Opened { readonly sdk: typeof Sdk; readonly client: Sdk.DynamoDBClient }

/** How often the SDK asks again, with growing pauses, before it gives up: about four seconds. */
const ATTEMPTS = 8;
const ANSWERS_WITHIN = seconds(10);
const LEFT_OVER = { first: millis(50), most: millis(2000) };
/** That DynamoDB gives in one answer. */
const BATCH = 100;

/** @throws {ConfigError | RemoteError | BugError} As `dynamoError`, from every method. */
export class DynamoConnection implements Disposable {
  readonly #settings: DynamoSettings;
  #opened: Promise<Opened> | undefined;
  constructor(settings: DynamoSettings) { this.#settings = settings; }

  async get(table: TableName, key: Key): Promise<Item | undefined> {
    const { Item: item } = await this.#ask(table, ({ sdk, client }, TableName) =>
      client.send(new sdk.GetItemCommand({ TableName, Key: marshalled(key), ConsistentRead: true })));
    return item && plain(item);
  }

  /** @returns False when `condition` did not hold, and nothing was written. */
  async put(table: TableName, item: Item, condition?: Condition): Promise<boolean> {
    return this.#conditional(table, ({ sdk, client }, TableName) =>
      client.send(new sdk.PutItemCommand({ TableName, Item: marshalled(item), ...conditionInput(condition) })));
  }

  /** @returns False when `condition` did not hold. */
  async delete(table: TableName, key: Key, condition?: Condition): Promise<boolean> {
    return this.#conditional(table, ({ sdk, client }, TableName) =>
      client.send(new sdk.DeleteItemCommand({ TableName, Key: marshalled(key), ...conditionInput(condition) })));
  }

  /** Up to `limit`, with as many answers as that takes. */
  async query(query: Query): Promise<readonly Item[]> {
    const { table, index, hash, below, above, order, limit = Infinity, fresh = false } = query;
    const { hash: hashName, range = '' } = keysOf(table, index);
    const bound = below ?? above;
    const found: Item[] = [];
    let from: Record<string, Sdk.AttributeValue> | undefined;
    do {
      const answer: Sdk.QueryCommandOutput = await this.#ask(table, (
        { sdk, client }, TableName,
      ) => client.send(new sdk.QueryCommand({
        TableName, ...(index === undefined ? {} : { IndexName: index }),
        ScanIndexForward: order === 'rising', ConsistentRead: fresh,
        ...(limit === Infinity ? {} : { Limit: limit - found.length }),
        KeyConditionExpression: `#hash = :hash${bound === undefined ? ''
          : ` AND #range ${below === undefined ? '>' : '<'} :bound`}`,
        ExpressionAttributeNames: { '#hash': hashName, ...(bound === undefined ? {} : { '#range': range }) },
        ExpressionAttributeValues: marshalled({ ':hash': hash, ...(bound === undefined ? {} : { ':bound': bound }) }),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      })));
      found.push(...(answer.Items ?? []).map(plain));
      from = answer.LastEvaluatedKey;
    } while (from !== undefined && found.length < limit);
    return found;
  }

  /**
   * Those that are there, in no order.
   * @param how - `fresh`: as they are now, at twice the price. `only`: the attributes that are read.
   */
  async getAll(
    table: TableName, keys: readonly Key[], how: { readonly fresh?: boolean; readonly only?: readonly string[] } = {},
  ): Promise<readonly Item[]> {
    const found: Item[] = [];
    for (let start = 0; start < keys.length; start += BATCH) {
      found.push(...await this.#getBatch(table, keys.slice(start, start + BATCH).map(marshalled), how));
    }
    return found;
  }

  [Symbol.dispose](): void {
    void this.#opened?.then(({ client }) => client.destroy(), () => {});
    this.#opened = undefined;
  }

  async #getBatch(
    table: TableName, all: readonly Record<string, Sdk.AttributeValue>[],
    { fresh = false, only }: { readonly fresh?: boolean; readonly only?: readonly string[] },
  ): Promise<readonly Item[]> {
    const found: Item[] = [];
    let keys = [...all];
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const answer = await this.#ask(table, ({ sdk, client }, TableName) => client.send(new sdk.BatchGetItemCommand({
        RequestItems: { [TableName]: {
          Keys: keys, ConsistentRead: fresh,
          ...(only
          && {
            ProjectionExpression: only.map((name) => `#${name}`).join(', '), ExpressionAttributeNames: aliases(only),
          }),
        } },
      })));
      found.push(...Object.values(answer.Responses ?? {}).flat().map(plain));
      keys = Object.values(answer.UnprocessedKeys ?? {}).flatMap((left) => left.Keys ?? []);
      if (keys.length === 0) return found;
      await wait(backoffDelay(LEFT_OVER, attempt, Math.random()));
    }
    throw new RemoteError(
      'index.throttled', `${this.#place(table)} left ${keys.length} items unread; it is tried again later`,
    );
  }

  async #conditional(table: TableName, request: (opened: Opened, name: string) => Promise<unknown>): Promise<boolean> {
    return this.#ask(table, async (opened, name) => {
      try {
        await request(opened, name);
        return true;
      } catch (error) {
        if (error instanceof opened.sdk.ConditionalCheckFailedException) return false;
        throw error;
      }
    });
  }

  async #ask<T>(table: TableName, request: (opened: Opened, name: string) => Promise<T>): Promise<T> {
    try {
      return await request(await (this.#opened ??= open(this.#settings)), `${this.#settings.prefix}-${table}`);
    } catch (cause) {
      throw dynamoError(cause, this.#place(table));
    }
  }

  #place(table: TableName): string {
    const { prefix, region, endpoint } = this.#settings;
    return `table ${prefix}-${table} at ${endpoint === '' ? `DynamoDB in ${region}` : endpoint}`;
  }
}

/** The SDK is loaded only here: an index in SQLite does not pay for it. */
async function open({
  region, endpoint, credentials, requestTimeout = ANSWERS_WITHIN,
}: DynamoSettings): Promise<Opened> {
  const sdk = await import('@aws-sdk/client-dynamodb');
  const client = new sdk.DynamoDBClient({
    region, maxAttempts: ATTEMPTS,
    ...(endpoint === '' ? {} : { endpoint }),
    ...(credentials && { credentials }),
    // Without its last word a request that is not answered is only complained about, and waited for.
    requestHandler: { connectionTimeout: 5000, requestTimeout, throwOnRequestTimeout: true },
  });
  return { sdk, client };
}

const aliases = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`#${name}`, name]));

const conditionInput = (condition: Condition | undefined) => condition && {
  ConditionExpression: condition.text,
  ExpressionAttributeNames: aliases(condition.names),
  ...(condition.values && { ExpressionAttributeValues: marshalled(condition.values) }),
};

function keysOf(table: TableName, index: string | undefined): { readonly hash: string; readonly range?: string } {
  const spec = TABLES.find(({ name }) => name === table);
  const found = index === undefined ? spec : spec?.indexes.find(({ name }) => name === index);
  if (found === undefined) throw new RangeError(`there is no index ${index} of table ${table}`);
  return found;
}

function marshalled(item: Item): Record<string, Sdk.AttributeValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [
    name, typeof value === 'string' ? { S: value } : typeof value === 'number' ? { N: String(value) } : { BOOL: value },
  ]));
}

const plain = (item: Record<string, Sdk.AttributeValue>): Item =>
  Object.fromEntries(Object.entries(item).map(([name, { S, N, BOOL }]) =>
    [name, S ?? (N === undefined ? BOOL ?? '' : Number(N))]));
