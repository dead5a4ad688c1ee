import type { Context } from 'koa';
import { inSeconds, millis, type Millis } from '../../../device/core/units.ts';
import { HttpError } from '../../../device/http/http-error.ts';
import type { Caller } from '../door/doorman.ts';
import type { VaultHandlers } from '../door/route.ts';
import type { VaultDevice } from '../registry/registry.ts';
import { sendFile, type FileSender } from '../api/send-file.ts';
import { takeClip, type ClipDoor } from '../uploads/clip-door.ts';
import { toldByAgent } from './agent-clip.ts';
import type { ToldClip } from '../uploads/told-clip.ts';
import type { KERBEROS_ROUTES } from './kerberos-routes.ts';

type Handlers = VaultHandlers<(typeof KERBEROS_ROUTES)[number]>;

export interface KerberosParts {
  readonly clips: ClipDoor;
  readonly files: FileSender;
  /** What answers at `KERBEROS_TUS`. */
  readonly tus: (ctx: Context, caller: Caller) => Promise<void>;
  readonly now: () => Millis;
}

/**
 * An agent tells every ten seconds that it lives, and shows no key for it: what is not new is written down once a
 * minute, all else no more often than it tells.
 */
const HEARD_EVERY = millis(60_000);
const TOLD_EVERY = millis(10_000);

export function kerberosHandlers({ clips, files, tus, now }: KerberosParts): Handlers {
  const { registry, arrivals } = clips;
  const inPieces = (ctx: Context, { caller: account }: { readonly caller: Caller['account'] }): Promise<void> =>
    tus(ctx, { account, device: undefined });
  return {
    'POST /ping': (ctx) => { ctx.body = { status: 'ok' }; },
    'OPTIONS /storage/tus': inPieces,
    'POST /storage/tus': inPieces,
    'HEAD /storage/tus/:id': inPieces,
    'PATCH /storage/tus/:id': inPieces,
    'DELETE /storage/tus/:id': inPieces,
    'POST /storage': async (ctx, { caller: account }) => {
      const header = (name: string): string => ctx.get(`X-Kerberos-Storage-${name}`);
      const told = toldByAgent(
        {
          fileName: header('FileName'), device: header('Device'), directory: header('Directory'),
          timestamp: header('Timestamp'),
        },
        account, inSeconds(now()),
      );
      await takeClip(ctx, account, told, clips);
      ctx.body = { status: 'stored' };
    },
    'POST /devices/heartbeat': async (ctx, { json: { key, ...state } }) => {
      const known = registry.device(key);
      // One with a key of its own is no agent, and shows that key when it tells something. Nobody is answered otherwise
      // for a name that is known, however often: who shows no key must not learn which names there are.
      if (known?.isGiven === false && isNews(known, state, now())) registry.saw(key, state);
      ctx.body = { status: 'ok' };
    },
    'GET /api/storage/blob': async (ctx, { caller: account }) => {
      const asked = ctx.get('X-Kerberos-Storage-FileName');
      const name = asked.startsWith(`${account.directory}/`) ? asked.slice(account.directory.length + 1) : asked;
      const found = arrivals.file(account.name, name);
      if (found === undefined)
        throw new HttpError(404, 'vault.no-such-file', 'no file of this name was uploaded with this account');
      await sendFile(ctx, { account, device: found.device, id: found.event, role: 'clip' }, files);
    },
  };
}

/** What `/storage/tus` is told of a recording. */
export const toldInMetadata = (
  metadata: ReadonlyMap<string, string>, account: Caller['account'], now: Millis,
): ToldClip => toldByAgent({
  fileName: metadata.get('filename') ?? '', device: metadata.get('device') ?? '',
  directory: metadata.get('directory') ?? '', timestamp: metadata.get('timestamp') ?? '',
}, account, inSeconds(now));

function isNews({ lastSeen, state: before }: VaultDevice, state: unknown, now: Millis): boolean {
  const since = now - lastSeen;
  return since >= HEARD_EVERY
    || before === null
    || (since >= TOLD_EVERY && JSON.stringify(before) !== JSON.stringify(state));
}
