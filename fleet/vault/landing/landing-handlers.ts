import type { Context } from 'koa';
import type { VaultHandlers } from '../door/route.ts';
import { grantPut, listLanding, putObject, type DeviceCaller, type LandingParts } from './landing-door.ts';
import type { LANDING_ROUTES } from './landing-routes.ts';

/** @param tus - What answers at `LANDING_TUS`. */
export function landingHandlers(
  parts: LandingParts, tus: (ctx: Context, caller: DeviceCaller) => Promise<void>,
): VaultHandlers<(typeof LANDING_ROUTES)[number]> {
  type By = { readonly caller: DeviceCaller };
  const told = ({ device, account }: DeviceCaller): Promise<void> => parts.owners.given(device, account.name);
  const inPieces = (ctx: Context, { caller }: By): Promise<void> => tus(ctx, caller);
  const begun = async (ctx: Context, { caller }: By): Promise<void> => {
    await told(caller);
    await tus(ctx, caller);
  };
  return {
    'GET /landing': (ctx, { caller, query }) => listLanding(ctx, caller, query, parts),
    'POST /landing/grants': async (ctx, { caller, json }) => {
      await told(caller);
      await grantPut(ctx, caller, json, parts);
    },
    'PUT /landing/objects/*key': async (ctx, { caller }) => {
      await told(caller);
      await putObject(ctx, caller, parts);
    },
    'OPTIONS /landing/tus': inPieces,
    'POST /landing/tus': begun,
    'HEAD /landing/tus/:id': inPieces,
    'PATCH /landing/tus/:id': inPieces,
    'DELETE /landing/tus/:id': inPieces,
  };
}
