/** `tyto-fleet key`: the key that opens encrypted recordings. */
import { print } from '../device/runtime/print.ts';
import { createKeyFile, readKeyFile } from '../device/vault/key-file.ts';
import { Keyring } from '../device/vault/wrapped-key.ts';

/** @throws {ConfigError} `vault.key-file` */
export async function runKey({ verb, file }: { readonly verb: 'new' | 'show'; readonly file: string }): Promise<void> {
  const publicKey = verb === 'new' ? await createKeyFile(file) : new Keyring(await readKeyFile(file)).publicKeys[0];
  print(`${publicKey}\n`);
}
