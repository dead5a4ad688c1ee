import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, systemCode } from '../device/core/errors.ts';
import { makeFolder } from '../device/durable/make-folder.ts';
import { AzureLanding } from '../device/landing/azure-landing.ts';
import { DirectoryLanding } from '../device/landing/directory-landing.ts';
import { GcsLanding } from '../device/landing/gcs-landing.ts';
import type { LandingReader, LandingWriter } from '../device/landing/port.ts';
import { S3Landing } from '../device/landing/s3-landing.ts';
import type { LoadedFleetSettings } from './config/load-settings.ts';

export interface OpenedLanding {
  /** Uploads are read from it, and the fleet's answers and requests are put into it. */
  readonly store: LandingReader & LandingWriter;
  /** For people. */
  readonly place: string;
  /** Whether its folder was made just now. */
  readonly made: boolean;
  /** To be disposed when the store is no longer used. */
  readonly resource: Disposable | null;
}

type Settings = Pick<
  LoadedFleetSettings,
  'landing'
    | 'landingIsDefault'
    | 's3Endpoint'
    | 's3Region'
    | 's3AccessKeyId'
    | 's3SecretAccessKey'
    | 'gcsKey'
    | 'azureEndpoint'
    | 'azureSas'
>;

/**
 * The landing that the settings name, once it was looked into. A store that is only out of reach just now is no error.
 * @throws {ConfigError} When it cannot be used as it is set.
 */
export async function openLanding(settings: Settings, signal: AbortSignal): Promise<OpenedLanding> {
  const opened = await openPlace(settings);
  await opened.store.list('', undefined, signal).catch((error: unknown) => {
    if (error instanceof ConfigError) throw error;
  });
  return opened;
}

async function openPlace(settings: Settings): Promise<OpenedLanding> {
  const { landing } = settings;
  switch (landing.type) {
    case 'directory': return openFolder(landing.folder, settings.landingIsDefault);
    case 's3': {
      const { s3Endpoint: endpoint, s3Region: region, s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } =
        settings;
      // the bucket is ours
      const store = new S3Landing({ ...landing, endpoint, region, accessKeyId, secretAccessKey, acl: '' });
      return { store, place: `s3://${landing.bucket}/${landing.prefix}`, made: false, resource: store };
    }
    case 'gcs': {
      const store = new GcsLanding({ ...landing, endpoint: '', key: settings.gcsKey });
      return { store, place: `gs://${landing.bucket}/${landing.prefix}`, made: false, resource: store };
    }
    case 'azure': {
      const store = new AzureLanding({ ...landing, endpoint: settings.azureEndpoint, sas: settings.azureSas });
      return { store, place: `azure://${landing.container}/${landing.prefix}`, made: false, resource: null };
    }
  }
}

async function openFolder(folder: string, isDefault: boolean): Promise<OpenedLanding> {
  const made = await makeWhereMissing(folder, isDefault);
  // From here on it has to be there: a share that is unmounted meanwhile is not an empty landing.
  return { store: new DirectoryLanding(folder, { create: false }), place: folder, made, resource: null };
}

/** With its parents only where nobody named it: a name with a slip must not make folders somewhere. */
async function makeWhereMissing(folder: string, isDefault: boolean): Promise<boolean> {
  try {
    if ((await stat(folder)).isDirectory()) return false;
    throw new ConfigError('fleet.landing-unusable', `the landing ${folder} must be a folder, or s3://bucket/prefix`);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    if (systemCode(cause) !== 'ENOENT') throw unusable(folder, cause);
  }
  try {
    await (isDefault ? makeFolder(folder, 0o770) : mkdir(folder, 0o770));
    return true;
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw unusable(folder, cause);
    throw new ConfigError(
      'fleet.landing-missing',
      `the landing ${folder} is not there, nor is ${path.dirname(folder)}; mount the disk or share it is on, ` +
        'or name the folder that devices upload to with --landing',
    );
  }
}

const unusable = (folder: string, cause: unknown): ConfigError =>
  new ConfigError(
    'fleet.landing-unusable',
    `the landing ${folder} cannot be used by this user; change its owner or mode, or name another with --landing`,
    { cause },
  );
