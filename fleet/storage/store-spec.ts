/** A store with what it takes to be let in, as the stores file has it; each field only where it means something. */
import { z } from 'zod';
import { STORE_EXPECTED, storePlaceText, type StorePlace } from './store-place.ts';

const LINE = 'must be a text in one line';
const line = z.string(LINE).regex(/^[^\0\r\n]*$/, LINE);
const ENDPOINT = 'must be an http:// or https:// address without user name and password';

/** The fields of such a store, for schemas that have more. */
export const storeFields = {
  place: z.string(`must be ${STORE_EXPECTED}`).pipe(storePlaceText),
  endpoint: z.string(ENDPOINT).regex(/^https?:\/\/[^\s@]+$/, ENDPOINT).exactOptional(),
  region: z.string('must be a region name such as eu-central-1')
    .regex(/^[a-z0-9-]+$/, 'must be a region name such as eu-central-1')
    .exactOptional(),
  access_key_id: line.exactOptional(),
  secret_access_key: line.exactOptional(),
  key_file: line.exactOptional(),
  account_key: z.base64('must be in base64').exactOptional(),
  encryption: line.exactOptional(),
};

const spec = z.strictObject(storeFields);
export type StoreSpec = Readonly<z.infer<typeof spec>>;

type Field = Exclude<keyof StoreSpec, 'place'>;
const FIELDS: Readonly<Record<StorePlace['type'], readonly Field[]>> = {
  directory: [],
  s3: ['endpoint', 'region', 'access_key_id', 'secret_access_key', 'encryption'],
  gcs: ['endpoint', 'key_file', 'encryption'],
  azure: ['endpoint', 'account_key', 'encryption'],
};
const TOGETHER: readonly (readonly [Field, Field])[] = [['access_key_id', 'secret_access_key']];
const ENCRYPTIONS = /^(?:AES256|aws:kms(?::.+)?)$/;

/** What is right by itself and wrong together, each as `field: sentence`. */
export function specProblems(store: StoreSpec): readonly string[] {
  const { place: { type } } = store;
  const fields = FIELDS[type];
  const has = (field: Field): boolean => (store[field] ?? '') !== '';
  const stray = (Object.keys(FIELDS) as StorePlace['type'][]).flatMap((other) => FIELDS[other])
    .filter((field, at, all) => all.indexOf(field) === at && has(field) && !fields.includes(field))
    .map((field) => `${field}: has no meaning for ${type === 'directory' ? 'a folder'
      : `a ${type} store`}${fields.length === 0 ? '' : `, which takes ${fields.join(', ')}`}`);
  const halves = TOGETHER.filter(([one, other]) => has(one) !== has(other))
    .map(([one, other]) => `${has(one) ? other : one}: is needed, since ${has(one) ? one : other} is there`);
  const lacks = (type === 'azure' ? ['endpoint', 'account_key'] as const : []).filter((field) => !has(field))
    .map((field) => `${field}: is needed`);
  const encryption = type === 's3' && has('encryption') && !ENCRYPTIONS.test(store.encryption ?? '')
    ? ['encryption: must be AES256, aws:kms or aws:kms:KEY-ID']
    : [];
  return [...stray, ...halves, ...lacks, ...encryption];
}
