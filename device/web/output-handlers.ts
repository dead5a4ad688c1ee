/** How the outputs stand, to try one out, and to try again what one refused. */
import type { Context } from 'koa';
import { DeviceError } from '../core/errors.ts';
import { HttpError } from '../http/http-error.ts';
import { parameter } from './parameter.ts';
import type { NotDone, OutputsKeeper } from './ports.ts';

export const outputHandlers = (outputs: OutputsKeeper) => ({
  'GET /api/outputs': async (ctx: Context) => { ctx.body = await answered(outputs.view()); },
  'POST /api/outputs/:name/test': async (ctx: Context) => {
    ctx.body = await answered(outputs.test(parameter(ctx, 'name')));
  },
  'POST /api/outputs/:name/redrive': async (ctx: Context) => {
    ctx.body = await answered(outputs.redrive(parameter(ctx, 'name')));
  },
});

async function answered<T extends object>(asked: Promise<T | NotDone>): Promise<T> {
  const answer = await asked.catch((error: unknown) => {
    if (error instanceof DeviceError)
      throw new HttpError(503, error.code, error.message, { cause: error, retryAfter: 5 });
    throw error;
  });
  if ('status' in answer) throw new HttpError(answer.status, answer.code, answer.message);
  return answer;
}
