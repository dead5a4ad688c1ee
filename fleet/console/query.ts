import type { Context } from 'koa';
import type { z } from 'zod';
import { describeIssues } from '../../device/contract/event.ts';
import { HttpError } from '../../device/http/http-error.ts';

/** What stands behind the `?` of an address. @throws {HttpError} 400. */
export function queryOf<T>(ctx: Context, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse({ ...ctx.query });
  if (parsed.success) return parsed.data;
  throw new HttpError(400, 'http.bad-request', `the query is not as expected: ${describeIssues(parsed.error)}`);
}

/** The JSON that was sent. @throws {HttpError} 400. */
export function bodyOf<T>(ctx: Context, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(ctx.request.body ?? {});
  if (parsed.success) return parsed.data;
  throw new HttpError(400, 'http.bad-request', `the request is not as expected: ${describeIssues(parsed.error)}`);
}
