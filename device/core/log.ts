/** What a room may say. Loggers are passed down and add a prefix; values go into `fields`, never a secret. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines carry `name` after the present prefix. */
  child(name: string): Log;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Says nothing. */
export const silentLog: Log = {
  debug() {}, info() {}, warn() {}, error() {},
  child: () => silentLog,
};
