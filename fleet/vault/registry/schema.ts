/**
 * Tables of the registry, by version. A step is never changed once released: a new one
 * follows it. Times are unix milliseconds.
 */
export const SCHEMA_STEPS: readonly string[] = [`
  CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    directory TEXT NOT NULL UNIQUE,
    access_key TEXT NOT NULL UNIQUE,
    salt BLOB NOT NULL,
    digest BLOB NOT NULL,            -- empty once the account is withdrawn: no secret fits
    quota INTEGER,                   -- bytes; null for none
    days INTEGER,                    -- that footage is kept; null for ever
    disabled INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,      -- its name, directory and devices stay taken
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE device_keys (
    id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    account TEXT NOT NULL,
    salt BLOB NOT NULL,
    digest BLOB NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE devices (
    device TEXT PRIMARY KEY,
    account TEXT NOT NULL,           -- that first used it
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    state TEXT                       -- JSON of the last heartbeat; null where none came
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX devices_by_account ON devices (account, device);
  CREATE TABLE uploads (             -- in pieces; a row until it expires
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    device TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    job TEXT NOT NULL,               -- JSON: what becomes of it once it is whole
    result TEXT,                     -- JSON: what became of it; null until it is durable in the landing
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX uploads_by_account ON uploads (account, result);
  CREATE TABLE arrivals (            -- what lies in the landing and counts for an account until ingest has taken it
    key TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX arrivals_by_account ON arrivals (account, bytes);
  CREATE TABLE files (               -- by which name an account finds again what it uploaded
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    device TEXT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (account, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX files_by_event ON files (device, event);
  CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL
  ) STRICT;
`, `
  ALTER TABLE devices ADD COLUMN given INTEGER NOT NULL DEFAULT 0; -- 1 once the owner made a key for it: all that comes under its name is the account's
  UPDATE devices SET given = 1 WHERE EXISTS (SELECT 1 FROM device_keys WHERE device_keys.device = devices.device);
`];
