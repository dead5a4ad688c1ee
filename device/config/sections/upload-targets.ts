/** Where uploads may go, and what each place needs. */
import { textSetting as text } from '../setting.ts';
import { ANY, orEmpty, pemFault } from './checks.ts';

/** Where finished events can go. */
export const TARGETS = ['none', 'directory', 's3', 'azure', 'gcs', 'vault', 'kerberos-vault', 'kerberos-hub'] as const;

const keyPrefix = (shared: string) => text({
  default: '', pattern: orEmpty(/^[A-Za-z0-9][A-Za-z0-9/_-]*$/), expectation: 'a key prefix without leading slash',
  doc: `Stands before every object key, for ${shared} shared with others.`,
});

const authority = (whose: string) =>
  text({ default: '', pattern: /^[^\0]*$/, expectation: 'a PEM file, or PEM text', fault: pemFault, shown: 'nothing',
    doc: `Whose signature on ${whose} certificate is believed; without, that of the system's authorities.` });

/** Each for the first store, and for the one that takes its place. */
export const uploadTargets = {
  directory: text({ default: '', pattern: ANY, expectation: 'a folder',
    doc: 'Folder for target `directory`, such as a mounted share; without one, `landing` in the data folder.' }),
  s3: {
    endpoint: text({ default: '', pattern: orEmpty(/^https?:\/\/[^\s@]+$/), shown: 'host',
      expectation: 'an http:// or https:// address without user name and password',
      doc: 'Address of the S3 server; empty for AWS.' }),
    region: text({
      default: 'us-east-1', pattern: /^[a-z0-9-]+$/, expectation: 'a region name such as eu-central-1',
      doc: 'Region of the bucket.',
    }),
    bucket: text({
      default: '', pattern: orEmpty(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/), expectation: 'a bucket name',
      doc: 'Bucket that takes the uploads.',
    }),
    prefix: keyPrefix('a bucket'),
    access_key_id: text({
      default: '', pattern: ANY, expectation: 'an access key id', shown: 'nothing',
      doc: 'Key that may only write and list below this device\'s prefix.',
    }),
    secret_access_key: text({
      default: '', pattern: ANY, expectation: 'a secret access key', shown: 'nothing', doc: 'The key\'s secret.',
    }),
  },
  azure: {
    endpoint: text({
      default: '', pattern: orEmpty(/^https?:\/\/[^\s@?]+$/), shown: 'host',
      expectation: 'an http:// or https:// address without user name and token',
      doc: 'Address of the account: `https://ACCOUNT.blob.core.windows.net`.',
    }),
    container: text({
      default: '', pattern: orEmpty(/^[a-z0-9$](?:[a-z0-9-]{1,61}[a-z0-9])$/), expectation: 'a container name',
      doc: 'Container that takes the uploads.',
    }),
    prefix: keyPrefix('a container'),
    sas: text({
      default: '', pattern: orEmpty(/^\?[^\s]+$|^[^\s?]+$/), expectation: 'a SAS token', shown: 'nothing',
      doc: 'Token that may only create, write and list in that container.',
    }),
  },
  gcs: {
    endpoint: text({
      default: '', pattern: orEmpty(/^https?:\/\/[^\s@]+$/), shown: 'host',
      expectation: 'an http:// or https:// address without user name and password',
      doc: 'Address of another server that speaks as Google Cloud Storage does; empty for Google\'s.',
    }),
    bucket: text({
      default: '', pattern: orEmpty(/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/), expectation: 'a bucket name',
      doc: 'Bucket that takes the uploads.',
    }),
    prefix: keyPrefix('a bucket'),
    key: text({
      default: '', pattern: /^[^\0]*$/, expectation: 'a JSON key file of a service account, or the JSON in it',
      shown: 'nothing', doc: 'Key of a service account that may only create and list below this device\'s prefix.',
    }),
  },
  vault: {
    url: text({
      default: '', pattern: orEmpty(/^https?:\/\/[^\s@?]+$/), shown: 'host',
      expectation: 'an http:// or https:// address without user name and password',
      doc: 'Address of the `tyto-fleet` that this device uploads to.',
    }),
    key: text({
      default: '', pattern: ANY, expectation: 'a device key', shown: 'nothing',
      doc: 'Key of this device, as the fleet gave it out.',
    }),
    ca: authority('that fleet\'s'),
  },
  kerberos: {
    url: text({
      default: '', pattern: orEmpty(/^https?:\/\/[^\s@?]+$/), shown: 'host',
      expectation: 'an http:// or https:// address without user name and password',
      doc: 'Address of a Kerberos Vault or Hub, as its agents have it.',
    }),
    access_key: text({
      default: '', pattern: ANY, expectation: 'an access key', shown: 'nothing',
      doc: 'Access key of the Vault\'s account; of a Hub, the public key.',
    }),
    secret_access_key: text({
      default: '', pattern: ANY, expectation: 'a secret access key', shown: 'nothing',
      doc: 'Its secret; of a Hub, the private key.',
    }),
    provider: text({
      default: '', pattern: ANY, expectation: 'the name of a provider',
      doc: 'Which of the Vault\'s storages takes the clips; empty for its own choice.',
    }),
    directory: text({
      default: '', pattern: ANY, expectation: 'the directory of the account', doc: 'Directory of the Vault\'s account.',
    }),
    region: text({ default: '', pattern: ANY, expectation: 'a region', doc: 'Region of the Hub.' }),
    ca: authority('that server\'s'),
  },
} as const;
