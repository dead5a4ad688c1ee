import { spawnSync } from 'node:child_process';
import { hasCommand } from './commands.js';
import { say, SetupError } from './project.js';

/**
 * A Debian package that Tyto calls by its commands.
 *
 * @typedef {object} DebianPackage
 * @property {string} name
 * @property {readonly (readonly string[])[]} commands What must be there; of each group any one will do.
 * @property {string} why A few words.
 */

/** @type {readonly DebianPackage[]} */
export const devicePackages = [
  { name: 'ffmpeg', commands: [['ffmpeg'], ['ffprobe']], why: 'reads cameras and writes clips' },
];

/** @type {readonly DebianPackage[]} */
export const testPackages = [
  ...devicePackages,
  { name: 'mosquitto', commands: [['mosquitto']], why: 'an independent MQTT broker' },
  { name: 'mosquitto-clients', commands: [['mosquitto_sub'], ['mosquitto_pub']], why: 'an independent MQTT listener' },
  { name: 'chromium', commands: [['chromium', 'chromium-browser']], why: 'opens the pages' },
  { name: 'kcat', commands: [['kcat']], why: 'holds a Kafka broker' },
  { name: 'radosgw', commands: [['radosgw'], ['radosgw-admin']], why: 'an S3 server that enforces policies' },
  { name: 'ceph-mon', commands: [['ceph-mon'], ['ceph-authtool'], ['monmaptool']], why: 'radosgw needs it' },
  { name: 'ceph-osd', commands: [['ceph-osd']], why: 'radosgw needs it' },
];

/**
 * Installs those of the packages whose commands are missing, saying what and why; asks for nothing when none is.
 *
 * @param {readonly DebianPackage[]} packages
 * @throws {SetupError} When they cannot be installed from here: the message has the command to type.
 */
export function ensureDebianPackages(packages) {
  const missing = packages.filter(({ commands }) => !commands.every((anyOf) => anyOf.some(hasCommand)));
  if (missing.length === 0) return;
  const plan = planInstallation(missing.map(({ name }) => name), {
    isRoot: process.getuid?.() === 0,
    hasApt: hasCommand('apt-get'),
    hasSudo: hasCommand('sudo'),
    sudoNeedsNoPassword: () => spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0,
    hasTerminal: process.stdin.isTTY && process.stderr.isTTY,
  });
  const reasons = missing.map(({ name, why }) => `${name} (${why})`).join(', ');
  if (plan.run === undefined) throw new SetupError(`missing: ${reasons}. Type:  ${plan.type}`);
  say(`installing with apt-get: ${reasons}`);
  // Lists of packages may be missing or old: they are fetched only when the first try, in silence, fails.
  const { install, update } = plan.run;
  if (run(install, 'ignore') || (run(update, 'inherit') && run(install, 'inherit'))) return;
  throw new SetupError(`apt-get could not install ${reasons} (see above). To try by hand, type:  ${plan.type}`);
}

/**
 * @typedef {object} Machine
 * @property {boolean} isRoot
 * @property {boolean} hasApt
 * @property {boolean} hasSudo
 * @property {() => boolean} sudoNeedsNoPassword
 * @property {boolean} hasTerminal Whether somebody could type a password.
 */

/**
 * How to install packages on a machine.
 *
 * @param {readonly string[]} names
 * @param {Machine} machine
 * @returns {{ type: string, run?: { install: string[], update: string[] } }} What to type by hand and, where this
 *   process may do it itself, what to run.
 */
export function planInstallation(names, machine) {
  if (!machine.hasApt) return { type: `(your system's way to install ${names.join(' ')}, then this command again)` };
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...names];
  const type = typedLine(install.join(' '), machine);
  const before = machine.isRoot ? [] : sudo(machine);
  if (before === undefined) return { type };
  const quiet = [...before, 'env', 'DEBIAN_FRONTEND=noninteractive'];
  const patient = ['-o', 'DPkg::Lock::Timeout=120', '-qq'];
  return {
    type,
    run: { install: [...quiet, ...install, ...patient], update: [...quiet, 'apt-get', 'update', ...patient] },
  };
}

/**
 * @param {string} install
 * @param {Machine} machine
 */
function typedLine(install, machine) {
  if (machine.isRoot) return `apt-get update && ${install}`;
  return machine.hasSudo ? `sudo apt-get update && sudo ${install}` : `su -c 'apt-get update && ${install}'`;
}

/**
 * @param {Machine} machine
 * @returns {string[] | undefined}
 */
function sudo(machine) {
  if (!machine.hasSudo) return undefined;
  if (machine.sudoNeedsNoPassword()) return ['sudo', '-n'];
  return machine.hasTerminal ? ['sudo'] : undefined;
}

/**
 * @param {readonly string[]} commandLine
 * @param {'ignore' | 'inherit'} complaints What becomes of standard error; hundreds of lines of progress are never
 * shown.
 * @returns {boolean}
 */
function run([file = '', ...args], complaints) {
  return spawnSync(file, args, { stdio: ['inherit', 'ignore', complaints] }).status === 0;
}
