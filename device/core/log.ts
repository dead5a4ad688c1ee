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
export type LogLevel = Exclude<keyof Log, 'child'>;

/** A log whose lines go to `say`: what a thread gives to the process that writes them, under a prefix of its own. */
export function relayedLog(say: (level: LogLevel, message: string, fields: LogFields) => void): Log {
  const line = (level: LogLevel) => (message: string, fields: LogFields = {}): void => say(level, message, fields);
  const log: Log = {
    debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error'), child: () => log,
  };
  return log;
}

/** Says nothing. */
export const silentLog: Log = {
  debug() {}, info() {}, warn() {}, error() {},
  child: () => silentLog,
};
