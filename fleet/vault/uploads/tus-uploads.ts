/** Uploads in pieces (tus 1.0.0). Who may do what is decided before the protocol's own server is asked. */
import { Server } from '@tus/server';
import type { Context } from 'koa';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { describeError } from '../../../device/core/errors.ts';
import type { Log } from '../../../device/core/log.ts';
import { millis, type Millis } from '../../../device/core/units.ts';
import { makeFolder } from '../../../device/durable/make-folder.ts';
import { errorBody, HttpError } from '../../../device/http/http-error.ts';
import type { Caller } from '../door/doorman.ts';
import type { Arrivals, Upload } from '../registry/arrivals.ts';
import { DurableFileStore } from './durable-file-store.ts';
import { UPLOAD_LASTS } from './limits.ts';
import type { Quotas } from './quotas.ts';
import { readUploadLength, readUploadMetadata } from './tus-headers.ts';

export interface TusParts {
  /** Where pieces lie until they are whole. */
  readonly folder: string;
  readonly arrivals: Arrivals;
  readonly quotas: Quotas;
  readonly maxBytes: number;
  /**
   * Puts a whole upload into the landing.
   * @returns What became of it.
   * @throws {HttpError} Of which 422 means: it never will.
   */
  readonly land: (upload: Upload, file: string) => Promise<unknown>;
  readonly now: () => Millis;
  readonly log: Log;
}

/** What is made of an upload that begins. */
export interface Plan { readonly device: string; readonly job: unknown }

/** One path at which uploads are taken. */
export interface TusDoor {
  /** Without a slash at its end. */
  readonly path: string;
  /** @throws {HttpError} When it is not taken. */
  readonly plan: (caller: Caller, metadata: ReadonlyMap<string, string>, bytes: number) => Plan | Promise<Plan>;
}

const ID = /^[0-9a-f]{32}$/;

export class TusUploads {
  readonly #parts: TusParts;
  readonly #store: DurableFileStore;
  /** Which upload a request is for: decided here, and not read out of its address a second time. */
  readonly #ids = new WeakMap<IncomingMessage, string>();
  readonly #landing = new Map<string, Promise<void>>();
  private constructor(parts: TusParts) {
    this.#parts = parts;
    this.#store = new DurableFileStore(parts.folder, UPLOAD_LASTS);
  }

  static async open(parts: TusParts): Promise<TusUploads> {
    await makeFolder(parts.folder, 0o700);
    return new TusUploads(parts);
  }

  /** Puts into the landing what is whole and did not get there: the last run ended before, or the landing was away. */
  async landWhole(signal: AbortSignal): Promise<void> {
    const { arrivals, log } = this.#parts;
    for (const upload of arrivals.unfinished()) {
      signal.throwIfAborted();
      await this.#landIfWhole(upload).catch((error: unknown) => {
        if (!signal.aborted)
          log.warn('an upload is whole and not yet in the landing; it is tried again', {
            upload: upload.id, reason: describeError(error),
          });
      });
    }
  }

  /** What answers at `door`; `caller` was let in by its keys. */
  door(door: TusDoor): (ctx: Context, caller: Caller) => Promise<void> {
    const server = this.#serverAt(door.path);
    return async (ctx, caller) => {
      switch (ctx.method) {
        case 'OPTIONS': break;
        case 'POST': await this.#begin(ctx, caller, door); break;
        case 'HEAD': case 'PATCH': case 'DELETE': await this.#continue(ctx, caller); break;
        default: throw new HttpError(405, 'tus.method', 'what was uploaded is not read here; uploads begin with POST');
      }
      ctx.respond = false;
      await server.handle(ctx.req, ctx.res);
      // Of an upload that did not begin nobody knows where it is.
      if (ctx.method === 'POST' && ctx.res.statusCode >= 400) await this.#forget(this.#ids.get(ctx.req) ?? '');
      if (ctx.method === 'DELETE' && ctx.res.statusCode === 204) await this.#forget(this.#ids.get(ctx.req) ?? '');
    };
  }

  /** Removes what began too long ago, whole or not. */
  async expire(): Promise<void> {
    for (const { id } of this.#parts.arrivals.begunBefore(millis(this.#parts.now() - UPLOAD_LASTS)))
      await this.#forget(id);
  }

  async #forget(id: string): Promise<void> {
    if (ID.test(id)) await this.#store.discard(id);
    this.#parts.arrivals.forget(id);
  }

  async #begin(ctx: Context, caller: Caller, { plan }: TusDoor): Promise<void> {
    const { arrivals, quotas, maxBytes } = this.#parts;
    const bytes = readUploadLength(ctx.get('Upload-Length'), maxBytes);
    const { device, job } = await plan(caller, readUploadMetadata(ctx.get('Upload-Metadata')), bytes);
    const id = randomBytes(16).toString('hex');
    await quotas.reserve(caller.account, bytes, () =>
      arrivals.begin({ id, account: caller.account.name, device, bytes, job }));
    this.#ids.set(ctx.req, id);
  }

  async #continue(ctx: Context, { account, device }: Caller): Promise<void> {
    const id = ctx.path.slice(ctx.path.lastIndexOf('/') + 1);
    const upload = ID.test(id) ? this.#parts.arrivals.upload(id) : undefined;
    if (upload === undefined || upload.account !== account.name || (device !== undefined && upload.device !== device)) {
      throw new HttpError(404, 'tus.unknown', 'there is no such upload (any more); begin anew');
    }
    this.#ids.set(ctx.req, id);
    // Who hears that all of it is here takes it for safe.
    if (ctx.method === 'HEAD') await this.#landIfWhole(upload);
  }

  async #landIfWhole(upload: Upload): Promise<void> {
    if (upload.result === undefined && await this.#store.bytesOf(upload.id) === upload.bytes)
      await this.#landOnce(upload.id);
  }

  #landOnce(id: string): Promise<void> {
    const under = this.#landing.get(id) ?? this.#land(id).finally(() => this.#landing.delete(id));
    this.#landing.set(id, under);
    return under;
  }

  async #land(id: string): Promise<void> {
    const { arrivals, land } = this.#parts;
    const upload = arrivals.upload(id);
    if (upload === undefined || upload.result !== undefined) return;
    try {
      arrivals.finish(id, await land(upload, this.#store.fileOf(id)) ?? null);
    } catch (error) {
      if (error instanceof HttpError && error.status === 422) await this.#forget(id);
      throw error;
    }
    await this.#store.hollow(id, upload.bytes);
  }

  #serverAt(path: string): Server {
    const { log } = this.#parts;
    return new Server({
      path,
      datastore: this.#store,
      relativeLocation: true,
      allowedOrigins: [],
      disableTerminationForFinishedUploads: true,
      namingFunction: (request) => this.#idOf(request),
      getFileIdFromRequest: (request) => this.#idOf(request),
      onUploadFinish: async (_request, { id }) => {
        await this.#landOnce(id);
        return {};
      },
      onResponseError: (_request, error) => {
        if (error instanceof HttpError)
          return { status_code: error.status, body: JSON.stringify(errorBody(error.code, error.message)) };
        if ('status_code' in error && error.status_code < 500)
          return { status_code: error.status_code, body: JSON.stringify(errorBody('tus.refused', error.body.trim())) };
        log.error('an upload in pieces failed', { reason: error instanceof Error ? describeError(error) : error.body });
        return {
          status_code: 500,
          body: JSON.stringify(errorBody('internal', 'something went wrong on the server; its log tells what')),
        };
      },
    });
  }

  #idOf(request: { readonly runtime?: { readonly node?: { readonly req: object } } | undefined }): string {
    return this.#ids.get(request.runtime?.node?.req as IncomingMessage) ?? '';
  }
}
