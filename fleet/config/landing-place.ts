import { z } from 'zod';

/** Where devices upload to, as the user names it. */
export type LandingPlace =
  | { readonly type: 'directory'; readonly folder: string }
  | { readonly type: 's3' | 'gcs'; readonly bucket: string; readonly prefix: string }
  | { readonly type: 'azure'; readonly container: string; readonly prefix: string };

const BUCKET = /^(s3|gs):\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:\/([A-Za-z0-9][A-Za-z0-9/_.-]*)?)?$/;

const CONTAINER = /^azure:\/\/([a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9]))(?:\/([A-Za-z0-9][A-Za-z0-9/_.-]*)?)?$/;

/** A folder, `s3://bucket/prefix`, `gs://bucket/prefix` or `azure://container/prefix`. */
export const landingText: z.ZodType<LandingPlace, string> = z.string().transform((text, context): LandingPlace => {
  const [, scheme, bucket = '', prefix = ''] = BUCKET.exec(text) ?? [];
  if (scheme !== undefined) return { type: scheme === 's3' ? 's3' : 'gcs', bucket, prefix: prefix.replace(/\/+$/, '') };
  const [, container, folder = ''] = CONTAINER.exec(text) ?? [];
  if (container !== undefined) return { type: 'azure', container, prefix: folder.replace(/\/+$/, '') };
  // Another address than these is a slip, not a folder of that name.
  if (text !== '' && !/^[a-z0-9]+:\/\//i.test(text) && !/[\0\r\n]/.test(text))
    return { type: 'directory', folder: text };
  context.addIssue('no landing');
  return z.NEVER;
});
