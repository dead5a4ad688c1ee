import { z } from 'zod';

/** Where devices upload to, as the user names it. */
export type LandingPlace =
  | { readonly type: 'directory'; readonly folder: string }
  | { readonly type: 's3'; readonly bucket: string; readonly prefix: string };

const S3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9][A-Za-z0-9/_.-]*)?)?$/;

/** A folder, or `s3://bucket/prefix`. */
export const landingText: z.ZodType<LandingPlace, string> = z.string().transform((text, context): LandingPlace => {
  const [whole, bucket = '', prefix = ''] = S3.exec(text) ?? [];
  if (whole !== undefined) return { type: 's3', bucket, prefix: prefix.replace(/\/+$/, '') };
  // Another address than s3:// is a slip, not a folder of that name.
  if (text !== '' && !/^[a-z0-9]+:\/\//i.test(text) && !/[\0\r\n]/.test(text))
    return { type: 'directory', folder: text };
  context.addIssue('no landing');
  return z.NEVER;
});
