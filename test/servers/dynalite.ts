/**
 * A server that speaks DynamoDB, in memory, in this process: `dynalite`. It checks requests as AWS does;
 * it has no transactions and no TTL.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoSettings } from '../../fleet/index/dynamodb/connection.ts';
import { TABLES } from '../../fleet/index/dynamodb/tables.ts';

type Dynalite = (options: { readonly createTableMs: number }) => Server;

export class DynamoServer implements AsyncDisposable {
  readonly endpoint: string;
  readonly #server: Server;
  #tables = 0;
  /** Number of the tables that were made last. */
  get latest(): number { return this.#tables - 1; }
  private constructor(server: Server) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<DynamoServer> {
    const server = (createRequire(import.meta.url)('dynalite') as Dynalite)({ createTableMs: 0 });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new DynamoServer(server);
  }

  /** What leads to empty tables of their own. */
  async freshTables(): Promise<DynamoSettings> {
    const settings = this.settings(`t${this.#tables++}`);
    const client = new DynamoDBClient(settings);
    for (const { name, hash, range, indexes } of TABLES) {
      const attributes = new Set([hash, range, ...indexes.flatMap((index) => [index.hash, index.range])].filter((one) =>
        one !== undefined));
      await client.send(new CreateTableCommand({
        TableName: `${settings.prefix}-${name}`, BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keySchema(hash, range),
        ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes.map((index) => ({
          IndexName: index.name, KeySchema: keySchema(index.hash, index.range),
          Projection: { ProjectionType: index.projection },
        })) }),
      }));
    }
    client.destroy();
    return settings;
  }

  settings(prefix: string): DynamoSettings {
    return {
      prefix, region: 'us-east-1', endpoint: this.endpoint,
      credentials: { accessKeyId: 'AKTEST', secretAccessKey: 'secret' },
    };
  }

  /** All that stands in a table of `freshTables`, the latest ones, an item a text. */
  async items(table: (typeof TABLES)[number]['name']): Promise<readonly string[]> {
    const { prefix, ...settings } = this.settings(`t${this.latest}`);
    const client = new DynamoDBClient(settings);
    const { Items: items = [] } = await client.send(new ScanCommand({ TableName: `${prefix}-${table}` }));
    client.destroy();
    return items.map((item) => JSON.stringify(item)).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

const keySchema = (hash: string, range: string | undefined) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
];
