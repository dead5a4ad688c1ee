/** How uploads stand: what the uploader says on the bus, and `GET /api/uploads` tells the page. */
import { z } from 'zod';

/** As `UploaderStatus`; what an older or newer uploader does not say has its default. Times in Unix seconds. */
export const uploadStatusSchema = z.object({
  target: z.string().default(''),
  /** Which folder, bucket or server that is. */
  to: z.string().default(''),
  pending: z.number(), uploaded: z.number(), refused: z.number(),
  acknowledged: z.number().default(0), dead: z.number().default(0),
  gone: z.number().default(0), elsewhere: z.number().default(0),
  store: z.enum(['first', 'fallback']).default('first'),
  held_back: z.enum(['window', 'metered']).nullable().default(null),
  rate: z.number().default(0),
  requests: z.number().default(0),
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  refusals: z.array(z.object({ event: z.string(), code: z.string(), reason: z.string(), retry_at: z.number() }))
    .readonly()
    .default([]),
});
export type UploadStatus = Readonly<z.infer<typeof uploadStatusSchema>>;

const dead = z.object({ event: z.string(), code: z.string(), reason: z.string(), time: z.number() });
/** An event that was put aside, and why. */
export type DeadUpload = Readonly<z.infer<typeof dead>>;

export const uploadsViewSchema = z.object({
  /** Null until the uploader has said something. */
  status: uploadStatusSchema.nullable(),
  /** The newest first, at most 200. */
  dead: z.array(dead).readonly(),
});
/** `GET /api/uploads` */
export type UploadsView = Readonly<z.infer<typeof uploadsViewSchema>>;
