/** Recording on demand, and word of what happened elsewhere. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Context, Middleware } from 'koa';
import { readBody } from '../access/access-routes.ts';
import { recordCommandSchema, triggerCommandSchema, type CommandAnswer } from '../contract/commands.ts';
import type { CommandView } from '../contract/device-api.ts';
import { seconds, type Millis } from '../core/units.ts';
import { HttpError } from '../http/http-error.ts';
import type { CameraCommand, DeviceBus } from './ports.ts';

const ANSWER_WITHIN: Millis = seconds(3);
/** Nothing has to be said; who asked is known by its connection. */
const recordBody = recordCommandSchema.omit({ record: true, request: true }).prefault({});
const triggerBody = triggerCommandSchema.omit({ request: true }).prefault({});

const STATUS: Readonly<Record<string, number>> = {
  'command.disarmed': 409, 'command.offline': 503, 'command.too-many': 429,
};

export const commandHandlers = (bus: DeviceBus, within: Millis = ANSWER_WITHIN) => ({
  'POST /api/record': (ctx) =>
    give(ctx, bus, (request) =>
      ({ type: 'record', command: { ...readBody(ctx, recordBody), record: true, request } }), within),
  'DELETE /api/record': (ctx) =>
    give(ctx, bus, (request) => ({ type: 'record', command: { record: false, request } }), within),
  'POST /api/trigger': (ctx) =>
    give(ctx, bus, (request) => ({ type: 'trigger', command: { ...readBody(ctx, triggerBody), request } }), within),
}) satisfies Record<string, Middleware>;

async function give(ctx: Context, bus: DeviceBus, commandOf: (
  request: string,
) => CameraCommand, within: Millis): Promise<void> {
  const request = randomUUID();
  const answer = await answerTo(bus, commandOf(request), request, within);
  if (answer === undefined) {
    throw new HttpError(
      503,
      'camera.no-answer', 'the camera did not answer; it may be starting, try again in a moment', { retryAfter: 5 },
    );
  }
  if (!answer.ok) throw new HttpError(STATUS[answer.code] ?? 400, answer.code, answer.message);
  ctx.body = { event: answer.event, until: answer.until } satisfies CommandView;
}

async function answerTo(
  bus: DeviceBus, command: CameraCommand, request: string, within: Millis,
): Promise<CommandAnswer | undefined> {
  const answered = Promise.withResolvers<CommandAnswer>();
  const unsubscribe = bus.subscribe((change) => {
    if (change.type === 'answer' && change.answer.request === request) answered.resolve(change.answer);
  });
  const over = new AbortController();
  try {
    await bus.command(command);
    return await Promise.race([answered.promise, wait(within, undefined, { signal: over.signal })]);
  } finally {
    unsubscribe();
    over.abort();
  }
}
