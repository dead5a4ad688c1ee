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
`, `
  ALTER TABLE events ADD COLUMN account TEXT NOT NULL DEFAULT 'default';
  ALTER TABLE events ADD COLUMN held TEXT NOT NULL DEFAULT '[]';         -- JSON: files that the device still has
  ALTER TABLE events ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;        -- of its media together
  ALTER TABLE events ADD COLUMN version INTEGER NOT NULL DEFAULT 1;      -- goes up with each change
  ALTER TABLE events ADD COLUMN continuous INTEGER NOT NULL DEFAULT 0;   -- 1 for a piece of continuous recording
  ALTER TABLE events ADD COLUMN motion INTEGER NOT NULL DEFAULT 0;       -- 1 when that is among its kinds
  ALTER TABLE events ADD COLUMN clip INTEGER NOT NULL DEFAULT 0;         -- 1 when it has one
  UPDATE events SET
    bytes = coalesce(event ->> '$.clip.bytes', 0) + coalesce(event ->> '$.snapshot.bytes', 0)
      + coalesce(event ->> '$.thumbnail.bytes', 0) + coalesce(event ->> '$.preview.bytes', 0),
    continuous = EXISTS (SELECT 1 FROM json_each(event, '$.kinds') WHERE value = 'continuous'),
    motion = EXISTS (SELECT 1 FROM json_each(event, '$.kinds') WHERE value = 'motion'),
    clip = (event ->> '$.clip') IS NOT NULL;
  DROP INDEX events_by_device;
  CREATE INDEX events_of_device ON events (device, continuous, id, clip, motion);
  CREATE INDEX events_of_account ON events (account, continuous, id, device, clip, motion);

  CREATE TABLE labels (              -- of each event the rare things among its kinds, and who was recognised
    device TEXT NOT NULL,
    label TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (device, label, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX labels_of_account ON labels (account, label, id, device);
  INSERT OR IGNORE INTO labels SELECT device, value, events.id, account FROM events, json_each(event, '$.kinds')
    WHERE value NOT IN ('motion', 'continuous');
  INSERT OR IGNORE INTO labels SELECT device, 'person:' || (value ->> '$.person'), events.id, account FROM events, json_each(event, '$.faces')
    WHERE (value ->> '$.person') IS NOT NULL;

  CREATE TABLE devices_of_accounts (
    account TEXT NOT NULL,
    device TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    events INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    last_event_at INTEGER NOT NULL,
    PRIMARY KEY (account, device)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO devices_of_accounts SELECT 'default', device, first_seen, last_seen, events,
    (SELECT coalesce(sum(bytes), 0) FROM events WHERE events.device = devices.device), last_event_at FROM devices;
  DROP TABLE devices;
  ALTER TABLE devices_of_accounts RENAME TO devices;
  CREATE INDEX devices_by_name ON devices (device);

  CREATE TABLE deleted (
    device TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,             -- unix milliseconds
    PRIMARY KEY (device, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deleted_by_time ON deleted (at);
`, `
  ALTER TABLE events ADD COLUMN findings TEXT; -- JSON: what the fleet made and found by itself; null for nothing
`];
