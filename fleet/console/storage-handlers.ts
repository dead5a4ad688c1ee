/** Where the library is kept, and how its replicas fare. */
import type { Context } from 'koa';
import { EVENT_ID_PATTERN } from '../../device/contract/event.ts';
import { NAME_PATTERN } from '../../device/contract/name-pattern.ts';
import type { FleetStatusView } from '../../device/contract/fleet-api.ts';
import type { StorageView, ValidationView } from '../../device/contract/storage-api.ts';
import { inSeconds } from '../../device/core/units.ts';
import { HttpError } from '../../device/http/http-error.ts';
import type { ConsoleIndex, ConsoleStorage } from './ports.ts';

/** `GET /api/stores` */
export function showStorage(ctx: Context, { place, replicas }: ConsoleStorage): void {
  ctx.body = {
    library: place,
    replicas: replicas.status().map((
      { name, place: where, waiting, waitingSince, isNew, takesAll, copied, removed, bytes, lastAt, trouble },
    ) => ({
      name, place: where, waiting, waiting_since: waitingSince === undefined ? null : inSeconds(waitingSince),
      is_new: isNew, takes_all: takesAll,
      copied, removed, bytes, last_at: lastAt === undefined ? null : inSeconds(lastAt), trouble: trouble ?? null,
      stuck: replicas.stuck(name)
        .map(({ key, attempts, code, reason }) => ({ key, attempts, reason: { code, message: reason } })),
    })),
  } satisfies StorageView;
}

/** For the page's banner. */
export const ailingReplicas = ({ replicas }: ConsoleStorage): FleetStatusView['replicas'] =>
  replicas.status().filter(({ trouble, stuck }) => trouble !== undefined || stuck > 0)
    .map(({ name, waiting, stuck, trouble }) => ({ name, waiting, stuck, trouble: trouble ?? null }));

/** `POST /api/stores/validate`: tries every store out. */
export async function validateStorage(ctx: Context, storage: ConsoleStorage): Promise<void> {
  ctx.body = { stores: await storage.validate() } satisfies ValidationView;
}

/** `POST /api/stores/replicas/:name/hurry`: tries all that waits at once. */
export function hurryReplica(ctx: Context, { replicas }: ConsoleStorage): void {
  const waiting = replicas.hurry(paramsOf(ctx).name ?? '');
  if (waiting === undefined) throw unknownReplica();
  ctx.body = { waiting };
}

/** `POST /api/stores/replicas/:name/events/:device/:id`: has one event copied, whatever the replica's rule. */
export async function forwardEvent(ctx: Context, { replicas }: ConsoleStorage, index: ConsoleIndex): Promise<void> {
  const { name = '', device = '', id = '' } = paramsOf(ctx);
  const row = NAME_PATTERN.test(device) && EVENT_ID_PATTERN.test(id) ? await index.event(device, id) : undefined;
  if (row === undefined) throw new HttpError(404, 'events.unknown', 'there is no such event in the library');
  if (!replicas.forward(name, row)) throw unknownReplica();
  ctx.status = 202;
  ctx.body = { queued: true };
}

const paramsOf = (ctx: Context) =>
  ctx['params'] as { readonly name?: string; readonly device?: string; readonly id?: string };
const unknownReplica = (): HttpError =>
  new HttpError(404, 'storage.unknown-replica', 'there is no replica of this name');
