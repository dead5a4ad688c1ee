import { ConfigError } from '../core/errors.ts';
import { AzureLanding, type AzureSettings } from '../landing/azure-landing.ts';
import { readAuthority } from '../landing/authority.ts';
import { DirectoryLanding } from '../landing/directory-landing.ts';
import { GcsLanding, type GcsSettings } from '../landing/gcs-landing.ts';
import { KerberosLanding, type KerberosSettings } from '../landing/kerberos-landing.ts';
import type { LandingWriter } from '../landing/port.ts';
import { S3Landing } from '../landing/s3-landing.ts';
import type { S3Settings } from '../landing/s3-settings.ts';
import { VaultLanding, type VaultSettings } from '../landing/vault-landing.ts';

export type TargetName = 'none' | 'directory' | 's3' | 'azure' | 'gcs' | 'vault' | 'kerberos-vault' | 'kerberos-hub';

export interface TargetSettings {
  readonly target: TargetName;
  readonly directory: {
    readonly path: string;
    /**
     * True only for the default folder, which is ours: one that somebody named may be on a disk that is not mounted.
     */
    readonly create: boolean;
  };
  readonly s3: S3Settings;
  readonly azure: AzureSettings;
  readonly gcs: GcsSettings;
  /** `ca`: a PEM file, PEM text, or nothing. */
  readonly vault: VaultSettings;
  readonly kerberos: Omit<KerberosSettings, 'kind'>;
}

export interface Store {
  /** The same for as long as it is the same place: credentials are no part of it. */
  readonly name: string;
  readonly landing: LandingWriter;
  /** The folder that it is, where it is one of this machine. */
  readonly folder?: string;
  /** False where nobody can answer: what such a store has is stored, and no more is known of it. */
  readonly answers?: false;
}

/**
 * The store that the settings name; undefined for `none`. Nothing is connected or made yet.
 * @throws {ConfigError} When they cannot work together: `s3.settings`, `s3.credentials-missing`,
 * `azure.settings`, `gcs.settings`,
 *   `gcs.key-invalid`, `vault.settings`, `kerberos.settings`, `upload.ca-invalid`.
 */
export function openTarget({ target, directory, s3, azure, gcs, vault, kerberos }: TargetSettings): Store | undefined {
  switch (target) {
    case 'none': return undefined;
    case 'directory': {
      const { path, create } = directory;
      return { name: `directory ${path}`, folder: path, landing: new DirectoryLanding(path, { create, link: create }) };
    }
    case 's3': {
      if (s3.accessKeyId === '' && s3.secretAccessKey === '') {
        throw new ConfigError('s3.credentials-missing',
          'uploading to S3 needs upload.s3.access_key_id and upload.s3.secret_access_key, both are empty');
      }
      return { name: `s3 ${s3.endpoint} ${s3.bucket} ${s3.prefix}`, landing: new S3Landing(s3) };
    }
    case 'azure':
      return { name: `azure ${azure.endpoint} ${azure.container} ${azure.prefix}`, landing: new AzureLanding(azure) };
    case 'gcs': return { name: `gcs ${gcs.endpoint} ${gcs.bucket} ${gcs.prefix}`, landing: new GcsLanding(gcs) };
    case 'vault': return {
      name: `vault ${vault.url}`, landing: new VaultLanding({
        ...vault, ca: readAuthority(vault.ca, 'upload.vault.ca'),
      }),
    };
    case 'kerberos-vault': case 'kerberos-hub': {
      const kind = target === 'kerberos-hub' ? 'hub' : 'vault';
      const landing = new KerberosLanding({ ...kerberos, kind, ca: readAuthority(kerberos.ca, 'upload.kerberos.ca') });
      return { name: `${target} ${kerberos.url} ${kerberos.provider} ${kerberos.directory}`, landing, answers: false };
    }
  }
}
