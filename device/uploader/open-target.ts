import { ConfigError } from '../core/errors.ts';
import { DirectoryLanding } from '../landing/directory-landing.ts';
import type { LandingWriter } from '../landing/port.ts';
import { S3Landing } from '../landing/s3-landing.ts';
import type { S3Settings } from '../landing/s3-settings.ts';

export interface TargetSettings {
  readonly target: 'none' | 'directory' | 's3';
  readonly directory: {
    readonly path: string;
    /** True only for the default folder, which is ours: one that somebody named may be on a disk that is not mounted. */
    readonly create: boolean;
  };
  readonly s3: S3Settings;
}

export interface Store {
  /** The same for as long as it is the same place: credentials are no part of it. */
  readonly name: string;
  readonly landing: LandingWriter;
}

/**
 * The store that the settings name; undefined for `none`. Nothing is connected or made yet.
 * @throws {ConfigError} `s3.settings`, `s3.credentials-missing`.
 */
export function openTarget({ target, directory, s3 }: TargetSettings): Store | undefined {
  switch (target) {
    case 'none': return undefined;
    case 'directory': {
      const { path, create } = directory;
      return { name: `directory ${path}`, landing: new DirectoryLanding(path, { create, link: create }) };
    }
    case 's3': {
      if (s3.accessKeyId === '' && s3.secretAccessKey === '') {
        throw new ConfigError('s3.credentials-missing',
          'uploading to S3 needs upload.s3.access_key_id and upload.s3.secret_access_key, both are empty');
      }
      return { name: `s3 ${s3.endpoint} ${s3.bucket} ${s3.prefix}`, landing: new S3Landing(s3) };
    }
  }
}
