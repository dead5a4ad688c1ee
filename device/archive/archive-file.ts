/** How the catalogue's file is opened, and spoken of when it cannot be used. */
import { millis, seconds } from '../core/units.ts';
import type { SqliteOptions } from '../durable/sqlite.ts';
import type { SqliteTerms } from '../durable/sqlite-fault.ts';

const terms: SqliteTerms = {
  code: (trouble) => `archive.${trouble}`,
  what: 'the catalogue',
  meanwhile: 'recorded files are not touched and are indexed at the next start',
  mend: 'restart Tyto: it is put aside and made anew from the recorded files',
};

/** The writer's thread has more to do than to wait: what is refused is offered again later. */
export const writing: SqliteOptions = { busyTimeout: millis(200), terms };

export const reading: SqliteOptions = { busyTimeout: seconds(5), terms };
