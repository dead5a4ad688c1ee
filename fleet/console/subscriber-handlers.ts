/** Who is told of events, and what could not be told. */
import type { Context } from 'koa';
import type { FleetStatusView, SubscribersView } from '../../device/contract/fleet-api.ts';
import { inSeconds } from '../../device/core/units.ts';
import { HttpError } from '../../device/http/http-error.ts';
import type { ConsoleSubscribers } from './ports.ts';

/** `GET /api/subscribers` */
export function listSubscribers(ctx: Context, subscribers: ConsoleSubscribers): void {
  ctx.body = {
    subscribers: subscribers.views().map(({ plan: { name, type }, counts, dead: letters, problem }) => ({
      name, type, waiting: counts.waiting, told: counts.told, dead: counts.dead, forgotten: counts.forgotten,
      waiting_since: counts.waitingSince === undefined ? null : inSeconds(counts.waitingSince),
      problem: problem === undefined ? null : {
        message: problem.message, since: inSeconds(problem.since), retry_at: inSeconds(problem.retryAt),
      },
      dead_letters: letters.map(({ id, device, at, attempts, result }) =>
        ({ id, device, at: inSeconds(at), attempts, reason: result })),
    })),
  } satisfies SubscribersView;
}

/** For the page's banner. */
export const ailingSubscribers = (subscribers: ConsoleSubscribers): FleetStatusView['subscribers'] =>
  subscribers.views().filter(({ counts, problem }) => counts.dead > 0 || problem !== undefined)
    .map(({ plan: { name }, counts: { dead }, problem }) => ({ name, dead, trouble: problem?.message ?? null }));

/** `POST /api/subscribers/:name/redrive`: tries again what was put aside. */
export function redriveSubscriber(ctx: Context, subscribers: ConsoleSubscribers): void {
  const count = subscribers.redrive((ctx['params'] as { readonly name?: string }).name ?? '');
  if (count === undefined) throw new HttpError(404, 'subscribers.unknown', 'there is no subscriber of this name');
  ctx.body = { redriven: count };
}
