import { systemWords } from './system-words.ts';

/**
 * One family of errors, told apart by who must act. `code` is stable and what programs compare; the message is for
 * people and says what was expected, what came, where, and what to do.
 */
export abstract class TytoError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The user must act: a setting, an argument or a file is wrong. Shown without a stack trace. */
export class ConfigError extends TytoError {}

/** The user must type the command another way: an option, an argument or a command that does not exist. */
export class UsageError extends ConfigError {
  constructor(message: string, options?: ErrorOptions) { super('cli.usage', message, options); }
}

/** The hardware or the operating system must recover: camera gone, disk full, program missing. Retried. */
export class DeviceError extends TytoError {}

/** Another computer must recover: broker, bucket, server. Retried. */
export class RemoteError extends TytoError {}

/** We must act: an assumption of the code does not hold. Shown with its stack trace. */
export class BugError extends TytoError {}

/** The message of anything that was thrown, with the messages of its causes; what the system said, in plain words. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(describeError).join('; ');
  const message = systemWords(error) ?? error.message;
  return error.cause === undefined ? message : `${message}: ${describeError(error.cause)}`;
}

/** The system's error code (`ENOENT`, `ENOSPC`), where there is one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** True for what an aborted wait, fetch or stream throws: a stop that was asked for, not a failure. */
export const isAbort = (error: unknown, signal: { readonly aborted: boolean; readonly reason: unknown }): boolean =>
  signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
