/** Tables of the index, by version. A step is never changed once released: a new one follows it. */
export const SCHEMA_STEPS: readonly string[] = [`
  CREATE TABLE events (
    id TEXT NOT NULL,                -- sorts by the time of its start
    device TEXT NOT NULL,
    event TEXT NOT NULL,             -- JSON, as the contract has it
    folder TEXT NOT NULL,
    ingested_at INTEGER NOT NULL,    -- unix milliseconds
    PRIMARY KEY (id, device)
  ) STRICT;
  CREATE INDEX events_by_device ON events (device, id);
  CREATE TABLE devices (
    device TEXT PRIMARY KEY,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    events INTEGER NOT NULL,
    last_event_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE rejected (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    device TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    rejected_at INTEGER NOT NULL,
    folder TEXT NOT NULL,
    objects TEXT NOT NULL,           -- JSON
    delivery TEXT NOT NULL,
    finished INTEGER NOT NULL
  ) STRICT;
`, `
  ALTER TABLE events ADD COLUMN damage TEXT; -- JSON, as the contract has it; null when the clip decodes whole
`, `
  ALTER TABLE events ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0; -- 1 when it is encrypted and nobody could look into it
`, `
  CREATE TABLE news (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,             -- unix milliseconds
    what TEXT NOT NULL CHECK (what IN ('accepted', 'updated', 'rejected')),
    device TEXT NOT NULL,
    subject TEXT NOT NULL,           -- id of the event, or key of the rejection
    first INTEGER NOT NULL           -- 1 for the first event of its device
  ) STRICT;
  CREATE TABLE generation (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL) STRICT;
  INSERT INTO generation VALUES (1, lower(hex(randomblob(8)))); -- numbers of another index mean nothing here
`];
