/** The `tyto-fleet` command. */
import { TYTO_VERSION } from '../device/contract/version.ts';
import { endWithReader, print } from '../device/runtime/print.ts';
import { ALIVE_EVERY, runRole } from '../device/runtime/role.ts';
import { helpOf } from './config/help.ts';
import { readInvocation } from './config/load-settings.ts';
import { runKey } from './key.ts';
import { quietWarnings } from './quiet-warnings.ts';
import { runTrust } from './trust.ts';

quietWarnings();
endWithReader();
await runRole(async (signal) => {
  const invocation = readInvocation(process.argv.slice(2));
  switch (invocation.command) {
    case 'help': return void print(helpOf(invocation.of));
    case 'key': return await runKey(invocation);
    case 'storage': return await (await import('./storage-validate.ts')).runStorageValidate(invocation, signal);
    case 'trust': return void print(await runTrust(invocation));
    case 'vault':
      return void print(await (await import('./vault-command.ts')).runVaultCommand(invocation));
    case 'version': return void print(`${TYTO_VERSION}\n`);
    case 'serve': {
      // At once: what comes now is much code, and on a small machine takes its time.
      const { data } = invocation.settings;
      process.stdout.write(`Tyto fleet ${TYTO_VERSION} starts on ${data}; its page is named when it is there\n`);
      return (await import('./serve.ts')).serve(invocation.settings, signal);
    }
  }
}, ALIVE_EVERY, 'tyto-fleet');
