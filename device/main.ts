/**
 * A device: the broker, and the three roles that meet on it, each a process or, where that is enough, a thread. Each
 * may die at any instant; the others go on.
 */
import path from 'node:path';
import { isatty } from 'node:tty';
import { startBroker } from './bus/broker.ts';
import { describeOrigins } from './config/describe-origins.ts';
import { deviceId } from './config/identity.ts';
import { loadSettings } from './config/load-settings.ts';
import { missingFiles } from './config/missing-files.ts';
import { ownEnvironment } from './config/own-environment.ts';
import { wordsIn } from './config/words-in.ts';
import { TYTO_VERSION } from './contract/version.ts';
import { ConfigError, describeError } from './core/errors.ts';
import { lockData } from './durable/data-lock.ts';
import { makeFolder } from './durable/make-folder.ts';
import { notePageAddress } from './page-address.ts';
import { pageDoor } from './page-door.ts';
import { systemClock } from './runtime/clock.ts';
import type { Demand } from './runtime/demand.ts';
import { keepChild } from './runtime/keep-child.ts';
import { leanEnvironment, settleLater, type Work } from './runtime/lean.ts';
import { createLog } from './runtime/pino-log.ts';
import { RestUntil } from './runtime/rest-until.ts';
import { supervise, type Task } from './runtime/supervise.ts';
import { isSmallUploader, WITH_UPLOADER } from './small-uploader.ts';

const ROLES = ['watch', 'web', 'uploader'] as const;
type Role = typeof ROLES[number];
/**
 * A person who sees the reason at once can act on it; without one, a full port or a lost key must not blind the camera.
 */
const isAttended = (): boolean => isatty(0) || isatty(1);

/**
 * Runs the device until `signal` aborts.
 * @throws {ConfigError} For a mistake in the settings, a folder that cannot be used, a port in use.
 */
export async function runDevice(signal: AbortSignal): Promise<void> {
  const loaded = await loadSettings();
  const { values, data } = loaded;
  await makeDataFolder(data);
  using held = new DisposableStack();
  held.use(lockData(path.join(data, 'lock'), {
    code: 'data.locked',
    message: `another Tyto runs on ${data}; stop that one, or set TYTO_DATA to a folder of its own`,
  }));
  const id = await deviceId(data, values.device.id);
  const log = createLog('main', values.log.format, values.log.level);
  log.info(`Tyto ${TYTO_VERSION} starts`, { device: id, data });
  log.info(describeOrigins(loaded));
  if (isAttended()) refuseLacks([...loaded.lacks, ...loaded.doubts, ...await missingFiles(loaded)]);
  else for (const doubt of loaded.doubts) log.warn(`the settings are hardly as they were meant: ${doubt}`);
  await using broker = await startBroker(values.bus.port, log.child('broker'));
  log.debug('the broker listens', { port: broker.port });
  using page = pageDoor(values, {
    broker, clock: systemClock,
    opened: (port) => {
      notePageAddress(data, { host: values.web.host, port }).catch((error: unknown) =>
        log.debug('where the page is could not be written down', { reason: describeError(error) }));
    },
  });
  const demands: Readonly<Partial<Record<Role, Demand>>> = { web: page, uploader: new RestUntil(systemClock) };
  const demandOf = (role: Role): { readonly demand?: Demand } =>
    (demands[role] === undefined ? {} : { demand: demands[role] });
  const notices = new Set<string>();
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const workOf = (role: Role): Work => (role === 'watch' ? 'compute' : 'serve');
  const hasThread = isSmallUploader(values);
  const processes = ROLES.filter((role) => role !== 'uploader' || !hasThread);
  const roles = processes.map((role): [Role, Task] => [role, (stop) => keepChild({
    role, ...demandOf(role),
    work: workOf(role),
    environment: leanEnvironment(ownEnvironment(), workOf(role)),
    ...(role === 'watch' && hasThread ? { args: [WITH_UPLOADER] } : {}),
    vital: role === 'watch' || isAttended(),
    module: new URL(`./${role}/main.${extension}`, import.meta.url),
    onReady: (notice) => {
      if (notice === undefined || notices.has(notice)) return;
      notices.add(notice); // who starts again has nothing new to say
      process.stdout.write(`${notice}\n`);
    },
  }, { log, clock: systemClock }, stop)]);
  const { network, prefix } = values.bus;
  const topics = { prefix, presence: wordsIn(values.arming.presence.topics) };
  const door: Task = async (stop) => { // loaded only where it is asked for
    await (await import('./bus/keep-door.ts')).keepDoor(
      broker, { ...network, topics }, { clock: systemClock, log }, stop,
    );
  };
  settleLater();
  await supervise({ ...Object.fromEntries(roles), ...(network.port === 0 ? {} : { door }) }, signal);
  log.info('Tyto has stopped');
}

/** Where uploads cannot work, recording does: that stops only who can act on it now. To others the uploader says it. */
function refuseLacks(lacks: readonly string[]): void {
  if (lacks.length > 0) throw new ConfigError('settings.incomplete', lacks.join('\n  '));
}

async function makeDataFolder(data: string): Promise<void> {
  try {
    await makeFolder(data, 0o700);
  } catch (cause) {
    throw new ConfigError(
      'data.unusable',
      `the data folder ${data} cannot be made; set TYTO_DATA to a folder that you may write to`, { cause },
    );
  }
}
