/** How outputs stand: what the process that serves them tells the page's server, and `GET /api/outputs` the page. */
import { z } from 'zod';

/** Times in Unix seconds. */
const delivery = z.object({
  event: z.string(),
  phase: z.string(),
  /** `waiting` was tried and is tried again; `dead` is not, until somebody asks for it; `dropped` was never to go. */
  state: z.enum(['waiting', 'delivered', 'dead', 'dropped']),
  time: z.number(),
  attempts: z.number(),
  /** How long the last attempt took; null without one. */
  ms: z.number().nullable(),
  /** What came of it, for people. */
  result: z.string(),
});
export type DeliveryView = Readonly<z.infer<typeof delivery>>;

const counts = z.object({
  waiting: z.number(), delivered: z.number(), dead: z.number(),
  /** More than `throttle` allows; in `quiet` hours; too old; too many waiting. */
  throttled: z.number(), quiet: z.number(), stale: z.number(), overflow: z.number(),
});
/** All but `waiting` and `dead`: since the queue was begun. */
export type OutputCounts = Readonly<z.infer<typeof counts>>;

const outputViewSchema = z.object({
  name: z.string(),
  type: z.string(),
  counts,
  /** Why it does not deliver just now; null while it does, or has nothing to. */
  problem: z.object({ message: z.string(), since: z.number(), retry_at: z.number().nullable() }).nullable(),
  /** Newest first. */
  last: z.array(delivery).readonly(),
});
export type OutputView = Readonly<z.infer<typeof outputViewSchema>>;

export const outputsViewSchema = z.object({ outputs: z.array(outputViewSchema).readonly() });
/** `GET /api/outputs` */
export type OutputsView = Readonly<z.infer<typeof outputsViewSchema>>;

/** The answer of `POST /api/outputs/:name/test`. */
export const outputTestSchema = z.object({ ok: z.boolean(), ms: z.number(), result: z.string() });
export type OutputTest = Readonly<z.infer<typeof outputTestSchema>>;

/** The answer of `POST /api/outputs/:name/redrive`: how many are tried anew. */
export const redriveSchema = z.object({ redriven: z.number() });
export type Redrive = Readonly<z.infer<typeof redriveSchema>>;
