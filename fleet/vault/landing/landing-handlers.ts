import type { Context } from 'koa';
import type { VaultHandlers } from '../door/route.ts';
import { grantPut, listLanding, putObject, type DeviceCaller, type LandingParts } from './landing-door.ts';
import type { LANDING_ROUTES } from './landing-routes.ts';

/** @param tus - What answers at `LANDING_TUS`. */
export function landingHandlers(
  parts: LandingParts, tus: (ctx: Context, caller: DeviceCaller) => Promise<void>,
): VaultHandlers<(typeof LANDING_ROUTES)[number]> {
  const inPieces = (ctx: Context, { caller }: { readonly caller: DeviceCaller }): Promise<void> => tus(ctx, caller);
  return {
    'GET /landing': (ctx, { caller, query }) => listLanding(ctx, caller, query, parts),
    'POST /landing/grants': (ctx, { caller, json }) => grantPut(ctx, caller, json, parts),
    'PUT /landing/objects/*key': (ctx, { caller }) => putObject(ctx, caller, parts),
    'OPTIONS /landing/tus': inPieces,
    'POST /landing/tus': inPieces,
    'HEAD /landing/tus/:id': inPieces,
    'PATCH /landing/tus/:id': inPieces,
    'DELETE /landing/tus/:id': inPieces,
  };
}
