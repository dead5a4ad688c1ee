/** Where a store is, as a person names it. */
import { z } from 'zod';

export type StorePlace =
  | { readonly type: 'directory'; readonly folder: string }
  | { readonly type: 's3' | 'gcs'; readonly bucket: string; readonly prefix: string }
  | { readonly type: 'azure'; readonly container: string; readonly prefix: string };

const PREFIX = String.raw`(?:\/((?:[A-Za-z0-9][A-Za-z0-9_.-]*\/?)*))?`;
const BUCKET = new RegExp(String.raw`^(s3|gs):\/\/([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])${PREFIX}$`);
const AZURE = new RegExp(String.raw`^azure:\/\/([a-z0-9][a-z0-9-]{1,62})${PREFIX}$`);

export const STORE_EXPECTED = 'a folder, s3://bucket/prefix, gs://bucket/prefix or azure://container/prefix';

/** Undefined when it is none: another address than these is a slip, not a folder of that name. */
export function parseStorePlace(text: string): StorePlace | undefined {
  const [, scheme, bucket = '', prefix = ''] = BUCKET.exec(text) ?? [];
  if (scheme !== undefined) return { type: scheme === 's3' ? 's3' : 'gcs', bucket, prefix: prefix.replace(/\/+$/, '') };
  const [, container, below = ''] = AZURE.exec(text) ?? [];
  if (container !== undefined) return { type: 'azure', container, prefix: below.replace(/\/+$/, '') };
  if (text === '' || /^[a-z0-9]+:\/\//i.test(text) || /[\0\r\n]/.test(text)) return undefined;
  return { type: 'directory', folder: text };
}

/** A place in a setting. */
export const storePlaceText: z.ZodType<StorePlace, string> = z.string().transform((text, context): StorePlace => {
  const place = parseStorePlace(text);
  if (place !== undefined) return place;
  context.addIssue({ code: 'custom', message: `must be ${STORE_EXPECTED}` });
  return z.NEVER;
});

/** For people; it holds no secret. */
export function placeText(place: StorePlace): string {
  const below = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/');
  switch (place.type) {
    case 'directory': return place.folder;
    case 's3': return `s3://${below(place.bucket, place.prefix)}`;
    case 'gcs': return `gs://${below(place.bucket, place.prefix)}`;
    case 'azure': return `azure://${below(place.container, place.prefix)}`;
  }
}
