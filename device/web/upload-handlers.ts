/** How uploads stand, and to try again what was put aside. */
import type { Context } from 'koa';
import type { Redrive } from '../contract/outputs-view.ts';
import type { UploadsView } from '../contract/uploads-view.ts';
import { DeviceError } from '../core/errors.ts';
import { HttpError } from '../http/http-error.ts';
import { parameter } from './parameter.ts';
import type { DeviceBus, UploadsKeeper } from './ports.ts';

const MOST_DEAD = 200;

export const uploadHandlers = ({ uploads, bus }: { readonly uploads: UploadsKeeper; readonly bus: DeviceBus }) => ({
  'GET /api/uploads': (ctx: Context) => {
    ctx.body = { status: bus.uploads() ?? null, dead: kept(() => uploads.dead(MOST_DEAD)) } satisfies UploadsView;
  },
  'POST /api/uploads/redrive': (ctx: Context) => {
    ctx.body = { redriven: kept(() => uploads.redrive(undefined)) } satisfies Redrive;
  },
  'POST /api/uploads/:event/redrive': (ctx: Context) => {
    const event = parameter(ctx, 'event');
    const redriven = kept(() => uploads.redrive(event));
    if (redriven === 0) throw new HttpError(404, 'uploads.unknown', `no upload of event ${event} was put aside`);
    ctx.body = { redriven } satisfies Redrive;
  },
});

/** The queue's file is the uploader's: it may just be made, or be on a disk that fails. */
function kept<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof DeviceError)
      throw new HttpError(503, error.code, error.message, { cause: error, retryAfter: 5 });
    throw error;
  }
}
