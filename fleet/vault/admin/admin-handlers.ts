import type { Router } from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Access } from '../../../device/access/access.ts';
import { readBody } from '../../../device/access/access-routes.ts';
import { tableRouter } from '../../../device/access/table-router.ts';
import type {
  AccountSecretView, AccountsView, AccountView, DeviceKeySecretView,
} from '../../../device/contract/vault-api.ts';
import { inSeconds } from '../../../device/core/units.ts';
import type { VaultIndex } from '../ports.ts';
import type { Account, DeviceKey, Registry } from '../registry/registry.ts';
import type { Quotas } from '../uploads/quotas.ts';
import { ADMIN_ROUTES } from './admin-routes.ts';

export interface AdminParts {
  readonly access: Access;
  readonly registry: Registry;
  readonly quotas: Quotas;
  readonly index: VaultIndex;
}

const terms = {
  quota_bytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).nullable(),
  days: z.number().int().min(1).max(36_500).nullable(),
  disabled: z.boolean(),
};
const newAccount = z.strictObject({
  name: z.string(), directory: z.string().optional(),
  quota_bytes: terms.quota_bytes.default(null), days: terms.days.default(null),
});
const changes = z.strictObject({
  quota_bytes: terms.quota_bytes.exactOptional(), days: terms.days.exactOptional(),
  disabled: terms.disabled.exactOptional(),
});
const newDeviceKey = z.strictObject({ device: z.string(), account: z.string() });

const ACTOR = 'owner';

/** Routes of `ADMIN_ROUTES`: open to the owner's session alone, whether there is an account or not. */
export function adminRouter(parts: AdminParts): Router {
  const { access, registry } = parts;
  return tableRouter(ADMIN_ROUTES, access, {
    'GET /api/accounts': async (ctx) => {
      ctx.body = {
        accounts: await Promise.all(registry.accounts().map((account) => accountView(account, parts))),
      } satisfies AccountsView;
    },
    'POST /api/accounts': (ctx) => {
      const { name, directory = name, quota_bytes: quota, days } = readBody(ctx, newAccount);
      tellSecret(ctx, registry.createAccount({ name, directory, quota, days, disabled: false }, ACTOR));
    },
    'PUT /api/accounts/:name': async (ctx) => {
      const { quota_bytes: quota, ...rest } = readBody(ctx, changes);
      ctx.body = await accountView(
        registry.changeAccount(parameter(ctx, 'name'), { ...rest, ...(quota === undefined ? {} : { quota }) }, ACTOR),
        parts,
      );
    },
    'DELETE /api/accounts/:name': (ctx) => {
      registry.withdrawAccount(parameter(ctx, 'name'), ACTOR);
      ctx.status = 204;
    },
    'POST /api/accounts/:name/secret': (ctx) => tellSecret(ctx, registry.renewSecret(parameter(ctx, 'name'), ACTOR)),
    'POST /api/device-keys': (ctx) => {
      const { key, text } = registry.createDeviceKey(readBody(ctx, newDeviceKey), ACTOR);
      ctx.status = 201;
      ctx.body = { ...keyView(key), account: key.account, key: text } satisfies DeviceKeySecretView;
    },
    'DELETE /api/device-keys/:id': (ctx) => {
      registry.withdrawDeviceKey(parameter(ctx, 'id'), ACTOR);
      ctx.status = 204;
    },
  });
}

function tellSecret(ctx: Context, { account, secret }: { readonly account: Account; readonly secret: string }): void {
  ctx.status = 201;
  ctx.body = { name: account.name, access_key: account.accessKey, secret } satisfies AccountSecretView;
}

async function accountView(account: Account, { registry, quotas, index }: AdminParts): Promise<AccountView> {
  const [{ filedBytes, pendingBytes }, { events }] = await Promise.all([
    quotas.usage(account), index.usage(account.name),
  ]);
  return {
    name: account.name, directory: account.directory, access_key: account.accessKey,
    quota_bytes: account.quota, days: account.days, disabled: account.disabled,
    created_at: inSeconds(account.createdAt), filed_bytes: filedBytes, pending_bytes: pendingBytes, events,
    devices: registry.devices(account.name).map(({ device, lastSeen }) => ({ device, last_seen: inSeconds(lastSeen) })),
    device_keys: registry.deviceKeys(account.name).map(keyView),
  };
}

const keyView = ({ id, device, createdAt }: DeviceKey) => ({ id, device, created_at: inSeconds(createdAt) });

const parameter = (ctx: Context, name: string): string =>
  (ctx['params'] as Readonly<Record<string, string>>)[name] ?? '';
