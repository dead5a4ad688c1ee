import { TYTO_VERSION } from '../../device/contract/version.ts';
import { fleetSettings, type FleetSetting } from './settings.ts';

const HELP = `Tyto fleet ${TYTO_VERSION}: checks what devices uploaded, keeps what is sound and shows it.

Usage: tyto-fleet COMMAND [OPTIONS]

Commands:
  serve         take uploads in, and serve the page with the events of all devices
  key           make the key that opens encrypted recordings
  trust         believe a device that was replaced or reset
  account       make and withdraw the keys of who may upload over HTTP
  device-key    make and withdraw the key with which one device uploads over HTTP
  storage       try out the stores that the settings name

  tyto-fleet COMMAND --help   explains a command, its options and settings
  tyto-fleet --version        prints the version
`;

const KEY = `Usage: tyto-fleet key new FILE
       tyto-fleet key show FILE

Devices with the settings \`recording.encryption\` on and \`recording.fleet_key\` encrypt what they
record, so that nobody sees anything of it without the key in FILE.

  new    makes a key: its private half goes to FILE (mode 0600), its public half is printed for
         recording.fleet_key (TYTO_RECORDING_FLEET_KEY). A file that is there is never overwritten.
  show   prints the public half of the first key in FILE

\`tyto-fleet serve --key FILE\` opens recordings with it. Keep a copy of FILE where no device and no
bucket is: lost, nothing opens what was encrypted for it alone. To change keys, make another one and
put the old one behind it in the same file: old recordings stay readable.
`;

const TRUST = `Usage: tyto-fleet trust DEVICE KEY [--data DIR]

The fleet remembers whose key seals the clips of a device, and rejects clips that another key
seals (\`clip.wrong-signer\`). A device whose card was replaced or erased makes a new key: this
believes it from now on, once you know that it is your device. What was rejected before stays
in the quarantine. Works while \`tyto-fleet serve\` runs on the same data.

  DEVICE       the name of the device
  KEY          its new public key, as the rejected clip's reason tells it: 43 characters
  --data DIR   the fleet's data folder (TYTO_FLEET_DATA, else ./fleet-data)
`;

const STORAGE = `Usage: tyto-fleet storage validate [STORE] [--library PLACE] [--stores FILE] [--data DIR]

Tries out the stores of the library, the quarantine and the replicas: writes, reads, lists, signs a
link and deletes, and says of each step whether it works and what is missing. Nothing stays behind.

  STORE    only this one: a name, as the settings give it (library, quarantine, a replica's), or a
           place such as s3://bucket/prefix or ./folder
           Without it, all that the settings name.

Places and credentials are those of \`tyto-fleet serve\`, whose --help lists them. Exit code 78 when a
store cannot be used as it is set.
`;

const SERVE = `Usage: tyto-fleet serve [OPTIONS]

Looks through the landing, checks every event in it (is it really a video, is it what the
device announced), moves what is sound into the library and the rest, with a reason, into
the quarantine. Serves a page with the events of all devices. Runs until Ctrl-C or SIGTERM.

In the folder in which a device was started with \`npm start\`, no option is needed.

Options (each is also a setting of the environment; the option wins):
`;

/** Commands that explain themselves here; `account` and `device-key` do so in `vault-command.ts`. */
export type ExplainedCommand = 'serve' | 'key' | 'trust' | 'storage';

/** What `tyto-fleet COMMAND --help` prints. @param of - Undefined for the command as a whole. */
export function helpOf(of: ExplainedCommand | undefined): string {
  switch (of) {
    case undefined: return HELP;
    case 'serve': return serveHelp();
    case 'key': return KEY;
    case 'trust': return TRUST;
    case 'storage': return STORAGE;
  }
}

function serveHelp(): string {
  const settings: readonly FleetSetting[] = Object.values(fleetSettings);
  const options = settings.filter(({ flag }) => flag !== undefined);
  const others = settings.filter(({ flag }) => flag === undefined);
  return `${SERVE}${options.map(describe).join('')}\nSettings of the environment:\n${others.map(describe).join('')}`;
}

function describe({ env, flag, doc, expectation, default: byDefault }: FleetSetting): string {
  const name = flag === undefined ? env : `--${flag.name} ${flag.takes}   ${env}`;
  const range = `Takes ${expectation}.`;
  return `  ${name}\n      ${withoutLinks(doc)}\n      ${range}${byDefault === '' ? '' : ` Default: ${byDefault}`}\n`;
}

/** A terminal follows no links of the guide. */
const withoutLinks = (doc: string): string => doc.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1');
