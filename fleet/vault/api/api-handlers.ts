import type { Context } from 'koa';
import { LINK_LASTS_S } from '../../../device/contract/fleet-api.ts';
import type { FootageRequests } from '../../../device/contract/footage-request.ts';
import { answersFolder, parseAnswerKey } from '../../../device/contract/mail.ts';
import { FILE_ROLES } from '../../../device/contract/manifest.ts';
import { ConfigError } from '../../../device/core/errors.ts';
import { inSeconds, seconds, type Millis } from '../../../device/core/units.ts';
import { HttpError } from '../../../device/http/http-error.ts';
import type { Caller } from '../door/doorman.ts';
import type { VaultHandlers } from '../door/route.ts';
import { readAgentFileName } from '../kerberos/agent-file-name.ts';
import type { FiledEvent, VaultIndex, VaultLibrary } from '../ports.ts';
import type { Account } from '../registry/registry.ts';
import { claimDevice } from '../uploads/claim-device.ts';
import { listInLanding } from '../uploads/list-in-landing.ts';
import { takeClip, type ClipDoor } from '../uploads/clip-door.ts';
import { cameraName, checkDeviceName, checkFileName, type ToldClip } from '../uploads/told-clip.ts';
import type { API_ROUTES, VaultAccountView, VaultDeviceView, VaultEventView, VaultUploadState } from './api-routes.ts';
import { requestHandlers } from './request-handlers.ts';
import { eventOf, fileOf, sendFile, type FileSender } from './send-file.ts';

type Handlers = VaultHandlers<(typeof API_ROUTES)[number]>;

export interface ApiParts {
  readonly clips: ClipDoor;
  readonly files: FileSender;
  /** What answers at `API_TUS`. */
  readonly tus: (ctx: Context, caller: Caller) => Promise<void>;
  readonly requests: FootageRequests;
  readonly now: () => Millis;
}

export function apiHandlers({ clips, files, tus, requests, now }: ApiParts): Handlers {
  const { registry, quotas, arrivals, landing, signal } = clips;
  const { index, library } = files;
  const inPieces = (ctx: Context, { caller: account }: { readonly caller: Account }): Promise<void> =>
    tus(ctx, { account, device: undefined });
  return {
    'GET /api/vault/v1/account': async (ctx, { caller: account }) => {
      const [{ filedBytes, pendingBytes }, { events }] = await Promise.all([
        quotas.usage(account), index.usage(account.name),
      ]);
      ctx.body = {
        name: account.name, directory: account.directory, quota_bytes: account.quota,
        days: account.days, filed_bytes: filedBytes, pending_bytes: pendingBytes, events,
      } satisfies VaultAccountView;
    },
    'GET /api/vault/v1/devices': (ctx, { caller: account }) => {
      ctx.body = {
        devices: registry.devices(account.name).map(({ device, firstSeen, lastSeen, state }): VaultDeviceView =>
          ({ device, first_seen: inSeconds(firstSeen), last_seen: inSeconds(lastSeen), state })),
      };
    },
    'POST /api/vault/v1/devices/:device/heartbeat': async (
      ctx, { caller: account, params: { device }, json: { state } },
    ) => {
      await claimDevice(device, account.name, clips);
      registry.saw(device, state);
      ctx.status = 204;
    },
    'PUT /api/vault/v1/devices/:device/clips/:file': async (
      ctx, { caller: account, params: { device, file }, query: { at, camera } },
    ) => {
      const told = toldClip({ device, fileName: file, camera, at }, account, now());
      const { event } = await takeClip(ctx, account, told, clips);
      ctx.status = 201;
      ctx.body = { device, id: event };
    },
    ...requestHandlers({ requests, registry, files }),
    'OPTIONS /api/vault/v1/tus': inPieces,
    'POST /api/vault/v1/tus': inPieces,
    'HEAD /api/vault/v1/tus/:id': inPieces,
    'PATCH /api/vault/v1/tus/:id': inPieces,
    'DELETE /api/vault/v1/tus/:id': inPieces,
    'GET /api/vault/v1/uploads/:device/:id': async (ctx, { caller: account, params: { device, id } }) => {
      const state = files.owns(account, device) ? await stateOf(account.name, device, id) : undefined;
      if (state === undefined)
        throw new HttpError(404, 'vault.no-such-upload', 'this account has uploaded nothing like that');
      ctx.body = state;
    },
    'GET /api/vault/v1/events': async (ctx, { caller: account, query: { device, from, to, kind, before, limit } }) => {
      const { rows, next } = await pageOf({
        account: account.name, limit, continuous: kind === 'continuous',
        ...(device === undefined ? {} : { device }),
        ...(from === undefined ? {} : { from: seconds(from) }), ...(to === undefined ? {} : { to: seconds(to) }),
        ...(kind === undefined ? {} : { kind }), ...(before === undefined ? {} : { before }),
      });
      ctx.body = { events: await Promise.all(rows.map((row) => eventView(row, library))), next: next ?? null };
    },
    'GET /api/vault/v1/events/:device/:id': async (ctx, { caller: account, params: { device, id } }) => {
      ctx.body = await eventView(await eventOf(account, device, id, files), library);
    },
    'GET /api/vault/v1/events/:device/:id/:role': (ctx, { caller: account, params }) =>
      sendFile(ctx, { account, ...params }, files),
    'DELETE /api/vault/v1/events/:device/:id': async (ctx, { caller: account, params: { device, id } }) => {
      await removeEvent(await eventOf(account, device, id, files), { index, arrivals });
      registry.note(`account ${account.name}`, 'event.delete', `${device} ${id}`);
      ctx.status = 204;
    },
  };

  async function pageOf(query: Parameters<VaultIndex['events']>[0]): ReturnType<VaultIndex['events']> {
    try {
      return await index.events(query);
    } catch (cause) {
      if (!(cause instanceof ConfigError) || cause.code !== 'index.cursor') throw cause;
      throw new HttpError(
        400, 'http.bad-request', 'the query is not as expected: before: what `next` of a page said', { cause },
      );
    }
  }

  async function stateOf(account: string, device: string, id: string): Promise<VaultUploadState | undefined> {
    const filed = await index.event(device, id);
    if (filed !== undefined) return filed.account === account ? { state: 'filed', code: null } : undefined;
    const { entries } = await listInLanding(landing, `${answersFolder(device)}${id}.`, undefined, signal);
    const answers = entries.map(({ key }) => parseAnswerKey(key));
    const refused = answers.find((answer) => answer?.verdict === 'refused');
    if (refused !== undefined) return { state: 'refused', code: refused.code };
    if (answers.some((answer) => answer?.verdict === 'taken')) return { state: 'deleted', code: null };
    return await files.isWaiting(device, id) ? { state: 'waiting', code: null } : undefined;
  }
}

/** An event and its files, and the names by which they were found. */
export async function removeEvent(
  { event: { device, id } }: Pick<FiledEvent, 'event'>,
  { index, arrivals }: { readonly index: VaultIndex; readonly arrivals: ClipDoor['arrivals'] },
): Promise<void> {
  await index.remove(device, id);
  arrivals.forgetFiles({ device, event: id });
}

/** What `/api/vault/v1/tus` is told of a clip. @throws {HttpError} 400 */
export function toldInApiMetadata(metadata: ReadonlyMap<string, string>, account: Account, now: Millis): ToldClip {
  const timestamp = metadata.get('timestamp') ?? '';
  const at = /^\d{12,13}$/.test(timestamp) ? Number(timestamp) / 1000 : undefined;
  return toldClip({
    device: metadata.get('device') ?? '', fileName: metadata.get('filename') ?? '', camera: metadata.get('camera'), at,
  }, account, now);
}

function toldClip(
  { device, fileName, camera, at }: {
    readonly device: string;
    readonly fileName: string;
    readonly camera: string | undefined;
    readonly at: number | undefined;
  },
  account: Account, now: Millis,
): ToldClip {
  const named = readAgentFileName(checkFileName(fileName));
  return {
    device: checkDeviceName(device), camera: cameraName(camera ?? named?.camera ?? 'camera'),
    fileName, at: at ?? named?.at ?? inSeconds(now),
    region: null, score: 0, source: `account ${account.name}`.slice(0, 64),
  };
}

async function eventView(row: FiledEvent, library: VaultLibrary): Promise<VaultEventView> {
  const { event } = row;
  const files = FILE_ROLES.flatMap((role) => {
    const file = fileOf(row, role);
    return file === undefined ? [] : [{ role, file }];
  });
  const signed = await Promise.all(files.map(async ({ role, file }) =>
    ({ role, file, link: await library.signedLink(file.key, seconds(LINK_LASTS_S)) })));
  const hrefOf = (role: (typeof FILE_ROLES)[number]): string | null =>
    signed.find((one) => one.role === role)?.link.href ?? null;
  return {
    device: event.device, id: event.id, camera: event.camera, kinds: [...event.kinds],
    start_time: event.start_time, end_time: event.end_time,
    files: Object.fromEntries(signed.map(({ role, file: { name, bytes } }) => [role, { name, bytes }])),
    links: {
      clip: hrefOf('clip'), snapshot: hrefOf('snapshot'), thumbnail: hrefOf('thumbnail'), preview: hrefOf('preview'),
    },
    expires_at: signed.length === 0 ? null : Math.min(...signed.map(({ link }) => inSeconds(link.expiresAt))),
  };
}
