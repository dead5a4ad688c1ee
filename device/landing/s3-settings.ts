import { ConfigError } from '../core/errors.ts';

export interface S3Settings {
  /** `http://` or `https://` address of the server; empty for AWS. */
  readonly endpoint: string;
  /** Empty means `us-east-1`. */
  readonly region: string;
  readonly bucket: string;
  /** Stands before every key, for a bucket shared with others; with or without slash at its end. */
  readonly prefix: string;
  /** With both empty, the environment's own credentials are taken (a role, `AWS_*`): for servers, not for devices. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /**
   * Canned ACL of new objects; empty sends none. Without one, a bucket's owner may not read what a device's own user
   * put (unless the bucket enforces its owner, as new ones on AWS do).
   */
  readonly acl?: 'bucket-owner-full-control' | '';
}

/**
 * What a client needs, with defaults filled in.
 * @throws {ConfigError} `s3.settings` naming all that is wrong together; values of secrets are not shown.
 */
export function checkedS3Settings(settings: S3Settings): Required<S3Settings> {
  const { endpoint, bucket, accessKeyId, secretAccessKey } = settings;
  const wrong = [
    ...(bucket === '' ? ['a bucket is needed'] : []),
    ...(endpoint === '' || isHttpAddress(endpoint) ? []
      : ['the endpoint must be an http:// or https:// address without path']),
    ...((accessKeyId === '') === (secretAccessKey === '') ? []
      : ['access key id and secret access key go together, one of them is empty']),
  ];
  if (wrong.length > 0) throw new ConfigError('s3.settings', `settings of the S3 store: ${wrong.join('; ')}`);
  const prefix = settings.prefix.replace(/\/+$/, '');
  return {
    ...settings, region: settings.region === '' ? 'us-east-1' : settings.region,
    prefix: prefix === '' ? '' : `${prefix}/`,
    acl: settings.acl ?? 'bucket-owner-full-control',
  };
}

function isHttpAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null
    && ['http:', 'https:'].includes(url.protocol)
    && url.pathname === '/'
    && url.search === ''
    && url.username === '';
}
