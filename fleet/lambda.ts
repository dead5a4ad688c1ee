/**
 * Ingest in AWS Lambda, with the settings of `tyto-fleet serve`: `handler` for the queue that the landing's
 * bucket tells of what was put, `sweep` for a schedule. Needs ffmpeg beside it, and landing, library and
 * index that are not on this machine.
 */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { ConfigError } from '../device/core/errors.ts';
import { createLog } from '../device/runtime/pino-log.ts';
import { systemClock } from '../device/runtime/clock.ts';
import { readKeyFile } from '../device/vault/key-file.ts';
import { Keyring } from '../device/vault/wrapped-key.ts';
import { readInvocation, type LoadedFleetSettings } from './config/load-settings.ts';
import { MEDIA } from './console/routes.ts';
import { filingRegister } from './filing-register.ts';
import {
  CloudHandlers, type BatchAnswer, type CallContext, type QueueBatch, type SweepAnswer,
} from './ingest/cloud/handlers.ts';
import { DEFAULT_LIMITS } from './ingest/limits.ts';
import { Signers } from './ingest/signers.ts';
import type { Drawer } from './ingest/shelf.ts';
import { openFaces } from './open-faces.ts';
import { openIndex } from './open-index.ts';
import { openLanding } from './open-landing.ts';
import { openStores } from './open-library.ts';
import { LinkSigner } from './storage/link-signer.ts';
import type { ObjectStore } from './storage/port.ts';

const opened = untilItWorks(async () => open(settingsOfLambda()));

/** For a batch of SQS, with `ReportBatchItemFailures`. @throws {ConfigError} For settings that cannot be used. */
export const handler = async (batch: QueueBatch, context: CallContext): Promise<BatchAnswer> =>
  (await opened()).batch(batch, context);

/** For a schedule of a few minutes. One at a time is enough. @throws {ConfigError} For settings that cannot be used. */
export const sweep = async (_: unknown, context: CallContext): Promise<SweepAnswer> => (await opened()).sweep(context);

function settingsOfLambda(): LoadedFleetSettings {
  const invocation = readInvocation(['serve']);
  if (invocation.command === 'serve') return invocation.settings;
  throw new ConfigError('fleet.lambda', 'the settings of a Lambda are those of `tyto-fleet serve`, in its environment');
}

async function open(settings: LoadedFleetSettings): Promise<CloudHandlers> {
  const { landing: place, index, maxClip, wait, orphansAfter, keyFile } = settings;
  if (place.type !== 's3') throw elsewhere('TYTO_FLEET_LANDING', 's3://BUCKET/PREFIX');
  if (index.type === 'sqlite') throw elsewhere('TYTO_FLEET_INDEX', 'dynamodb:PREFIX');
  const never = new AbortController().signal;
  // nobody is shown anything here
  const links = { signer: new LinkSigner(randomBytes(32), () => systemClock.now()), route: MEDIA };
  const { library, quarantine } = await openStores(settings, links, never);
  if (library.place.type === 'directory') throw elsewhere('TYTO_FLEET_LIBRARY', 's3://BUCKET/PREFIX');
  const log = createLog('fleet', 'json', settings.logLevel);
  const scratch = path.join(tmpdir(), 'tyto-ingest');
  // a process that was ended in the midst of its work has left copies on a disk that stays
  await rm(scratch, { recursive: true, force: true });
  const filed = await openIndex(settings, '', systemClock);
  return new CloudHandlers({
    parts: {
      landing: (await openLanding(settings, never)).store,
      library: library.store,
      // No device has such a name: where nobody names a quarantine, it lies beside what devices have in the library.
      quarantine: quarantine.place.type === 'directory' ? below('_quarantine/', library.store) : quarantine.store,
      signers: new Signers(below('_signers/', library.store)),
      register: filingRegister(filed, async (event) => filed.owners?.ownerOf(event)),
      findOut: { faces: openFaces(settings, log.child('faces')) },
      keys: new Keyring(keyFile === '' ? [] : await readKeyFile(keyFile)),
      clock: systemClock,
      limits: { ...DEFAULT_LIMITS, maxClip, wait, orphansAfter },
    },
    bucket: place.bucket, prefix: place.prefix, scratch, log: log.child('ingest'),
  });
}

const elsewhere = (setting: string, what: string): ConfigError =>
  new ConfigError('fleet.lambda', `${setting} must be ${what}: what lies on the machine of a Lambda is gone after it`);

/** Objects whose keys begin with `prefix`, without it. */
const below = (prefix: string, store: ObjectStore): Drawer => ({
  put: (key, file) => store.put(prefix + key, file),
  open: (key) => store.open(prefix + key),
  remove: (key) => store.remove(prefix + key),
});

/** What `work` came to, kept; when it failed, the next call tries again. */
function untilItWorks<T>(work: () => Promise<T>): () => Promise<T> {
  const kept: { value?: Promise<T> } = {};
  return () => kept.value ??= work().catch((error: unknown) => {
    delete kept.value;
    throw error;
  });
}
