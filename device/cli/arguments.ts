import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { UsageError } from '../core/errors.ts';

/**
 * Reads a command's arguments.
 * @throws {UsageError} For an option that does not exist or lacks its value; points to `--help`.
 */
export function readArguments<const T extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('. ')[0] : String(cause);
    throw new UsageError(`${reason}; \`tyto ${command} --help\` lists the options`);
  }
}
