import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/** As the index wants its tables; see `index/dynamodb/tables.ts`. */
export interface TableSpec {
  readonly name: string;
  readonly hash: string;
  readonly range?: string;
  readonly indexes: readonly {
    readonly name: string;
    readonly hash: string;
    readonly range: string;
    readonly projection: 'KEYS_ONLY' | 'ALL';
  }[];
  readonly ttl?: string;
}

/** Paid by use, kept when the stack goes, and restorable to any second of the last 35 days. */
export function makeTables(scope: Construct, prefix: string, specs: readonly TableSpec[]): readonly Table[] {
  return specs.map(({ name, hash, range, indexes, ttl }) => {
    const table = new Table(scope, `${name}-table`, {
      tableName: `${prefix}-${name}`, billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.RETAIN, deletionProtection: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      partitionKey: text(hash), ...(range === undefined ? {} : { sortKey: text(range) }),
      ...(ttl === undefined ? {} : { timeToLiveAttribute: ttl }),
    });
    for (const index of indexes) {
      table.addGlobalSecondaryIndex({
        indexName: index.name, partitionKey: text(index.hash),
        sortKey: text(index.range), projectionType: ProjectionType[index.projection],
      });
    }
    return table;
  });
}

/** The tables and each of their indexes. */
export const tableArns = (tables: readonly Table[], specs: readonly TableSpec[]): readonly string[] =>
  tables.flatMap((table, i) =>
    [table.tableArn, ...(specs[i]?.indexes ?? []).map(({ name }) => `${table.tableArn}/index/${name}`)]);

const text = (name: string) => ({ name, type: AttributeType.STRING });
