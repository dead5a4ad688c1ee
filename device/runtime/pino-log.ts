import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Log, LogFields } from '../core/log.ts';

export type LogFormat = 'text' | 'json';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The log of a process, on standard error: lines for people, or JSON for machines. `name` stands in front. */
export function createLog(name: string, format: LogFormat, level: LogLevel): Log {
  const logger = format === 'json'
    ? pino({ level, base: { room: name } }, pino.destination({ dest: 2, sync: true }))
    : pino({ level, base: { room: name } }, textStream());
  return new PinoLog(logger, name);
}

const textStream = () => pretty({
  destination: 2,
  sync: true,
  colorize: process.stderr.isTTY,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'pid,hostname,room',
  messageFormat: '{room}: {msg}',
  singleLine: true,
});

class PinoLog implements Log {
  readonly #logger: Logger;
  readonly #name: string;
  constructor(logger: Logger, name: string) { this.#logger = logger; this.#name = name; }

  debug(message: string, fields: LogFields = {}): void { this.#logger.debug(factsOf(fields), message); }
  info(message: string, fields: LogFields = {}): void { this.#logger.info(factsOf(fields), message); }
  warn(message: string, fields: LogFields = {}): void { this.#logger.warn(factsOf(fields), message); }
  error(message: string, fields: LogFields = {}): void { this.#logger.error(factsOf(fields), message); }
  child(name: string): Log {
    const room = `${this.#name}/${name}`;
    return new PinoLog(this.#logger.child({ room }), room);
  }
}

/** What every line says itself; a fact of the same name would take its place, or leave it out of lines for people. */
const OWN: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'room', 'pid', 'hostname']);

const factsOf = (fields: LogFields): LogFields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [OWN.has(name) ? `fact_${name}` : name, value]));
