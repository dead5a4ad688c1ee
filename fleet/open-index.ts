import type { Clock } from '../device/runtime/clock.ts';
import type { LoadedFleetSettings } from './config/load-settings.ts';
import { DynamoConnection } from './index/dynamodb/connection.ts';
import { DynamoIndex } from './index/dynamodb/dynamodb-index.ts';
import type { OwnerBook } from './index/owner-book.ts';
import type { FleetIndex, NewsFeed } from './index/port.ts';
import { SqliteIndex } from './index/sqlite-index.ts';

export interface OpenedIndex extends FleetIndex, NewsFeed, Disposable {
  /** Absent where nobody else files into it. */
  readonly owners?: OwnerBook;
}

/** @param file - Of an index in SQLite. */
export async function openIndex(
  { index, indexRegion, indexEndpoint }: Pick<LoadedFleetSettings, 'index' | 'indexRegion' | 'indexEndpoint'>,
  file: string, clock: Clock,
): Promise<OpenedIndex> {
  if (index.type === 'sqlite') return SqliteIndex.open(file);
  return DynamoIndex.open(
    new DynamoConnection({ prefix: index.prefix, region: indexRegion, endpoint: indexEndpoint }),
    { now: () => clock.now() },
  );
}
