/** Footage on demand, for programs with the keys of an account. */
import {
  REFUSED_REQUESTS, requestLasts, requestView, wantedFootage, type AskedFootage, type FootageRequests,
} from '../../../device/contract/footage-request.ts';
import { answering, HttpError } from '../../../device/http/http-error.ts';
import type { VaultHandlers } from '../door/route.ts';
import type { Account, Registry } from '../registry/registry.ts';
import type { API_ROUTES } from './api-routes.ts';
import { eventOf, type FileSender } from './send-file.ts';

type RequestRoute = Extract<(typeof API_ROUTES)[number], { readonly path: `${string}/requests${string}` }>;

export interface RequestParts {
  readonly requests: FootageRequests;
  readonly registry: Registry;
  readonly files: FileSender;
}

export function requestHandlers({ requests, registry, files }: RequestParts): VaultHandlers<RequestRoute> {
  return {
    'POST /api/vault/v1/devices/:device/requests': async (ctx, { caller: account, params: { device }, json }) => {
      demandGiven(account, device);
      const { lasts: told, ...asked } = json;
      const wanted = wantedFootage(asked);
      if (wanted === undefined)
        throw new HttpError(400, 'http.bad-request', 'ask for an `event`, or for the time `from` and `to`');
      const lasts = told === undefined ? undefined : requestLasts(told);
      if (told !== undefined && lasts === undefined)
        throw new HttpError(
          400, 'http.bad-request', `lasts must be a duration from 1m to 90d, got ${JSON.stringify(told)}`,
        );
      if ('event' in wanted) await eventOf(account, device, wanted.event, files); // of another account, it is not there
      const by = { who: `account ${account.name}`, ...(lasts === undefined ? {} : { lasts }) };
      const { row, isNew } = await answering(REFUSED_REQUESTS, requests.ask(device, wanted, by));
      ctx.status = isNew ? 201 : 200;
      ctx.body = requestView(row);
    },
    'GET /api/vault/v1/devices/:device/requests': async (
      ctx, { caller: account, params: { device }, query: { before, limit } },
    ) => {
      demandGiven(account, device);
      const rows = await requests.list({ device, limit: limit + 1, ...(before === undefined ? {} : { before }) });
      const shown = rows.slice(0, limit);
      ctx.body = { requests: shown.map(requestView), next: rows.length > limit ? shown.at(-1)?.id ?? null : null };
    },
    'DELETE /api/vault/v1/devices/:device/requests/:id': async (ctx, { caller: account, params: { device, id } }) => {
      demandGiven(account, device);
      const found = await requestOf(device, id);
      ctx.body = requestView(await requests.withdraw(found.id, `account ${account.name}`) ?? found);
    },
  };

  /** An account that merely used a name first has no say over the device that carries it. */
  function demandGiven(account: Account, device: string): void {
    const known = registry.device(device);
    if (known?.isGiven === true && known.account === account.name) return;
    throw new HttpError(
      404, 'vault.no-such-device', 'no device of this name was given to this account: the owner makes a key for it',
    );
  }

  async function requestOf(device: string, id: string): Promise<AskedFootage> {
    const found = await requests.get(id);
    if (found?.row.device === device) return found.row;
    throw new HttpError(404, 'requests.unknown', 'there is no such request of this device');
  }
}
