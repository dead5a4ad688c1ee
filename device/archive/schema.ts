/**
 * The catalogue's tables. A migration adds and takes nothing away wherever that can be done: an older Tyto then works
 * with the catalogue of a newer one, for an update may be rolled back and must not cost a recording. What follows from
 * a row (tags, sums) is kept by triggers, so that it is right whichever Tyto wrote the row.
 */
import { ConfigError } from '../core/errors.ts';
import type { Sqlite } from '../durable/sqlite.ts';

/**
 * `MIGRATIONS[n]` leads from version n to n + 1; the version is SQLite's `user_version`. Since the one that filled the
 * tags none costs time or room by the event, nor may any: the camera does not record until all are done, and the disk
 * may be full. So a condition of a column, which SQLite cannot alter, is taken out of the text that the file keeps of
 * its tables, as https://sqlite.org/lang_altertable.html#otheralter has it: no row is touched.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    id TEXT PRIMARY KEY,
    camera TEXT NOT NULL,
    start_time REAL NOT NULL,
    end_time REAL,
    state TEXT NOT NULL CHECK (state IN ('open', 'ended')),
    kinds TEXT NOT NULL,
    score REAL NOT NULL,
    clip TEXT,
    picture TEXT,
    ended_seq INTEGER,
    event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_camera ON events (camera, id);
  CREATE UNIQUE INDEX events_by_end ON events (ended_seq) WHERE ended_seq IS NOT NULL;
  CREATE INDEX events_open ON events (id) WHERE state = 'open';
  CREATE INDEX events_by_picture ON events (picture) WHERE picture IS NOT NULL;

  CREATE TABLE recordings (
    name TEXT PRIMARY KEY,
    class TEXT NOT NULL CHECK (class IN ('event', 'continuous')),
    state TEXT NOT NULL CHECK (state IN ('writing', 'complete', 'recovered', 'lost')),
    camera TEXT NOT NULL,
    event_id TEXT,
    start_time REAL NOT NULL,
    end_time REAL,
    bytes INTEGER,
    sha256 TEXT,
    codec TEXT,
    width INTEGER,
    height INTEGER,
    lost_seconds REAL NOT NULL DEFAULT 0,
    reason TEXT
  ) STRICT;
  CREATE INDEX recordings_by_class ON recordings (class, start_time);
  CREATE INDEX recordings_by_event ON recordings (event_id) WHERE event_id IS NOT NULL;
  CREATE INDEX recordings_writing ON recordings (name) WHERE state = 'writing';
  `,
  `
  ALTER TABLE events ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE event_tags (tag INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (tag, event)) STRICT, WITHOUT ROWID;
  CREATE VIEW tags_of_events (event, name) AS
    SELECT id, 'camera:' || camera FROM events
    UNION ALL SELECT events.id, 'kind:' || value FROM events, json_each(event, '$.kinds') WHERE json_valid(event)
    UNION ALL SELECT events.id, 'zone:' || value FROM events, json_each(event, '$.entered_zones') WHERE json_valid(event)
    UNION ALL SELECT id, 'clip' FROM events WHERE clip IS NOT NULL
    UNION ALL SELECT id, 'starred' FROM events WHERE starred = 1;
  CREATE TRIGGER events_tag AFTER INSERT ON events BEGIN
    INSERT INTO tags (name) SELECT DISTINCT name FROM tags_of_events WHERE event = new.id AND name NOT IN (SELECT name FROM tags);
    INSERT INTO event_tags (tag, event) SELECT DISTINCT tags.id, new.id FROM tags_of_events JOIN tags USING (name) WHERE event = new.id
      AND NOT EXISTS (SELECT 1 FROM event_tags AS known WHERE known.tag = tags.id AND known.event = new.id);
  END;
  CREATE TRIGGER events_retag AFTER UPDATE OF camera, clip, starred, event ON events BEGIN
    INSERT INTO tags (name) SELECT DISTINCT name FROM tags_of_events WHERE event = new.id AND name NOT IN (SELECT name FROM tags);
    INSERT INTO event_tags (tag, event) SELECT DISTINCT tags.id, new.id FROM tags_of_events JOIN tags USING (name) WHERE event = new.id
      AND NOT EXISTS (SELECT 1 FROM event_tags AS known WHERE known.tag = tags.id AND known.event = new.id);
    DELETE FROM event_tags WHERE event = new.id AND tag IN (SELECT id FROM tags)
      AND tag NOT IN (SELECT tags.id FROM tags_of_events JOIN tags USING (name) WHERE event = new.id);
  END;
  CREATE TRIGGER events_untag AFTER DELETE ON events BEGIN
    DELETE FROM event_tags WHERE event = old.id AND tag IN (SELECT id FROM tags);
  END;
  INSERT INTO tags (name) SELECT DISTINCT name FROM tags_of_events;
  INSERT INTO event_tags (tag, event) SELECT DISTINCT tags.id, event FROM tags_of_events JOIN tags USING (name) ORDER BY 1, 2;

  CREATE TABLE usage (class TEXT PRIMARY KEY, files INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO usage SELECT class, count(*), coalesce(sum(bytes), 0) FROM recordings WHERE state IN ('complete', 'recovered') GROUP BY class;
  INSERT INTO usage SELECT 'picture', count(*), coalesce(sum(json_extract(event, '$.snapshot.bytes')), 0) FROM events WHERE picture IS NOT NULL;
  INSERT OR IGNORE INTO usage VALUES ('event', 0, 0), ('continuous', 0, 0);
  CREATE TRIGGER recordings_kept AFTER INSERT ON recordings WHEN new.state IN ('complete', 'recovered') BEGIN
    UPDATE usage SET files = files + 1, bytes = bytes + coalesce(new.bytes, 0) WHERE class = new.class;
  END;
  CREATE TRIGGER recordings_changed AFTER UPDATE ON recordings
    WHEN old.state IN ('complete', 'recovered') OR new.state IN ('complete', 'recovered') BEGIN
    UPDATE usage SET files = files - 1, bytes = bytes - coalesce(old.bytes, 0)
      WHERE class = old.class AND old.state IN ('complete', 'recovered');
    UPDATE usage SET files = files + 1, bytes = bytes + coalesce(new.bytes, 0)
      WHERE class = new.class AND new.state IN ('complete', 'recovered');
  END;
  CREATE TRIGGER recordings_removed AFTER DELETE ON recordings WHEN old.state IN ('complete', 'recovered') BEGIN
    UPDATE usage SET files = files - 1, bytes = bytes - coalesce(old.bytes, 0) WHERE class = old.class;
  END;
  CREATE TRIGGER pictures_kept AFTER INSERT ON events WHEN new.picture IS NOT NULL BEGIN
    UPDATE usage SET files = files + 1, bytes = bytes + coalesce(json_extract(new.event, '$.snapshot.bytes'), 0) WHERE class = 'picture';
  END;
  CREATE TRIGGER pictures_changed AFTER UPDATE OF picture, event ON events
    WHEN coalesce(json_extract(old.event, '$.snapshot.sha256'), '') <> coalesce(json_extract(new.event, '$.snapshot.sha256'), '') BEGIN
    UPDATE usage SET files = files + (new.picture IS NOT NULL) - (old.picture IS NOT NULL),
      bytes = bytes + coalesce(json_extract(new.event, '$.snapshot.bytes'), 0) - coalesce(json_extract(old.event, '$.snapshot.bytes'), 0)
      WHERE class = 'picture';
  END;
  CREATE TRIGGER pictures_removed AFTER DELETE ON events WHEN old.picture IS NOT NULL BEGIN
    UPDATE usage SET files = files - 1, bytes = bytes - coalesce(json_extract(old.event, '$.snapshot.bytes'), 0) WHERE class = 'picture';
  END;

  CREATE TABLE days (day TEXT PRIMARY KEY, stamp TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE doomed (subject TEXT PRIMARY KEY, why TEXT NOT NULL, waited INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE gone (event TEXT PRIMARY KEY, at INTEGER NOT NULL, why TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE ledger (
    layer TEXT NOT NULL CHECK (layer IN ('watch', 'deleted')),
    camera TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (layer, camera, from_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE written (day TEXT NOT NULL, class TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (day, class)) STRICT, WITHOUT ROWID;

  INSERT INTO meta (key, value) VALUES ('usable_from', '1');
  `,
  `
  CREATE TABLE held (subject TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE restamps (subject TEXT PRIMARY KEY, shift_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE VIEW pictures_of_events (event, sha256, bytes) AS
    SELECT events.id, json_extract(value, '$.sha256'), coalesce(json_extract(value, '$.bytes'), 0)
    FROM events, json_each(json_extract(event, '$.snapshot', '$.thumbnail', '$.preview')) WHERE json_valid(event) AND type = 'object';
  DROP TRIGGER pictures_kept;
  DROP TRIGGER pictures_changed;
  DROP TRIGGER pictures_removed;
  CREATE TRIGGER pictures_kept AFTER INSERT ON events BEGIN
    UPDATE usage SET files = files + (SELECT count(*) FROM pictures_of_events WHERE event = new.id),
      bytes = bytes + (SELECT coalesce(sum(bytes), 0) FROM pictures_of_events WHERE event = new.id)
      WHERE class = 'picture' AND EXISTS (SELECT 1 FROM pictures_of_events WHERE event = new.id);
  END;
  CREATE TRIGGER pictures_leave BEFORE UPDATE OF picture, event ON events
    WHEN NOT (json_valid(old.event) AND json_valid(new.event) AND json_extract(old.event, '$.snapshot.sha256', '$.thumbnail.sha256', '$.preview.sha256')
      = json_extract(new.event, '$.snapshot.sha256', '$.thumbnail.sha256', '$.preview.sha256')) BEGIN
    UPDATE usage SET files = files - (SELECT count(*) FROM pictures_of_events WHERE event = old.id),
      bytes = bytes - (SELECT coalesce(sum(bytes), 0) FROM pictures_of_events WHERE event = old.id)
      WHERE class = 'picture' AND EXISTS (SELECT 1 FROM pictures_of_events WHERE event = old.id);
  END;
  CREATE TRIGGER pictures_changed AFTER UPDATE OF picture, event ON events
    WHEN NOT (json_valid(old.event) AND json_valid(new.event) AND json_extract(old.event, '$.snapshot.sha256', '$.thumbnail.sha256', '$.preview.sha256')
      = json_extract(new.event, '$.snapshot.sha256', '$.thumbnail.sha256', '$.preview.sha256')) BEGIN
    UPDATE usage SET files = files + (SELECT count(*) FROM pictures_of_events WHERE event = new.id),
      bytes = bytes + (SELECT coalesce(sum(bytes), 0) FROM pictures_of_events WHERE event = new.id)
      WHERE class = 'picture' AND EXISTS (SELECT 1 FROM pictures_of_events WHERE event = new.id);
  END;
  CREATE TRIGGER pictures_removed BEFORE DELETE ON events BEGIN
    UPDATE usage SET files = files - (SELECT count(*) FROM pictures_of_events WHERE event = old.id),
      bytes = bytes - (SELECT coalesce(sum(bytes), 0) FROM pictures_of_events WHERE event = old.id)
      WHERE class = 'picture' AND EXISTS (SELECT 1 FROM pictures_of_events WHERE event = old.id);
  END;
  `,
  `
  PRAGMA writable_schema = ON;
  UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (class IN (''event'', ''continuous''))', '') WHERE type = 'table' AND name = 'recordings';
  PRAGMA writable_schema = RESET;
  INSERT OR IGNORE INTO usage VALUES ('timelapse', 0, 0);
  `,
  `
  CREATE TABLE exports (name TEXT PRIMARY KEY, event TEXT NOT NULL, link TEXT NOT NULL UNIQUE) STRICT, WITHOUT ROWID;
  CREATE INDEX exports_by_event ON exports (event);
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the catalogue up to this version. One of a newer Tyto is used as it is, where that says that it may be.
 * @throws {ConfigError} `archive.newer` for one that a newer Tyto has made unusable for this one; it is left as it is.
 */
export function migrate(db: Sqlite, newGeneration: () => string): void {
  const { version } = db;
  if (version > SCHEMA_VERSION) refuseUnusable(db);
  if (version >= SCHEMA_VERSION) return;
  db.transaction(() => {
    for (const step of MIGRATIONS.slice(version)) db.alter(step);
    if (version === 0) {
      db.run('INSERT INTO meta (key, value) VALUES (?, ?)', 'generation', newGeneration());
      db.run('INSERT INTO meta (key, value) VALUES (?, ?)', 'ended_seq', '0');
    }
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
}

/** A newer Tyto notes as `usable_from` the oldest version of the tables whose programs may still write to its own. */
function refuseUnusable(db: Sqlite): void {
  const from = Number(db.get('SELECT value FROM meta WHERE key = ?', 'usable_from')?.['value'] ?? Infinity);
  if (from <= SCHEMA_VERSION) return;
  throw new ConfigError('archive.newer',
    `${db.file}: a newer Tyto wrote the catalogue, in a form (${db.version}) that this one, which knows ${SCHEMA_VERSION}, must not write to; `
    + 'install that Tyto again, or move the catalogue away: it is then made anew from the recorded files, without stars and scores');
}
