import { open } from 'node:fs/promises';
import { ConfigError, DeviceError, systemCode, UsageError } from '../core/errors.ts';
import { print } from '../runtime/print.ts';
import { beginsEncrypted, EncryptedFile, readAtOf } from '../vault/encrypted-file.ts';
import { openKeyFile } from '../vault/key-file.ts';
import { readArguments } from './arguments.ts';
import { askPassword } from './ask-password.ts';

const HELP = `Usage: tyto decrypt FILE --key KEYFILE > clip.mp4

Writes what an encrypted clip or picture holds to standard output. Nothing is written that was
altered; of a clip that a crash cut, everything up to there is.

  --key KEYFILE   the private key of a fleet (\`tyto-fleet key new\` made it), or playback.key from a
                  device's data folder: its password is then asked for, or read from standard input

Exit code 78 when the key does not open it, 69 when it is damaged.
`;

/** `tyto decrypt` */
export async function command(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values, positionals } = readArguments('decrypt', args, { key: { type: 'string' } });
  if (values.help === true) return void print(HELP);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0 || values.key === undefined) {
    throw new UsageError('tyto decrypt needs a file and a key: tyto decrypt FILE --key KEYFILE > clip.mp4');
  }
  if (process.stdout.isTTY)
    throw new UsageError('a clip is nothing to be read on a terminal: tyto decrypt FILE --key KEYFILE > clip.mp4');
  const keys = await openKeyFile(values.key, () => askPassword(signal));
  await using handle = await openFile(file);
  const read = readAtOf(handle);
  if (!await beginsEncrypted(read)) throw new ConfigError('decrypt.clear', `${file} is not encrypted`);
  const { size } = await handle.stat();
  const encrypted = await EncryptedFile.open(read, size, keys).catch((error: unknown) => {
    if (!(error instanceof DeviceError) || error.code !== 'vault.no-key') throw error;
    throw new ConfigError(
      'decrypt.wrong-key', `${file} is not encrypted for the key in ${String(values.key)}`, { cause: error },
    );
  });
  for await (const part of encrypted.plain()) {
    signal.throwIfAborted();
    print(part);
  }
}

async function openFile(file: string) {
  return await open(file, 'r').catch((cause: unknown) => {
    throw new ConfigError('decrypt.no-file', `${file}: ${systemCode(cause) === 'ENOENT' ? 'there is no such file'
      : 'it cannot be read'}`, { cause });
  });
}
