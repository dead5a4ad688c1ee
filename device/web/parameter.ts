import type { Context } from 'koa';

/** What stands in the address in the place of `:wanted`; empty when nothing does. */
export function parameter(ctx: Context, wanted: string): string {
  const given: unknown = (ctx['params'] as Readonly<Record<string, unknown>> | undefined)?.[wanted];
  return typeof given === 'string' ? given : '';
}
