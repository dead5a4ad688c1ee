/**
 * What the page may change in the archive, over a socket that only this user's processes reach: HTTP, so that there is
 * an answer to each request and a word for each refusal.
 */
import { chmodSync, rmSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import path from 'node:path';
import { EVENT_ID_PATTERN } from '../../contract/event.ts';
import { describeError, TytoError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { makeFolderSync } from '../../durable/make-folder.ts';
import { createServer } from '../../runtime/node-http.ts';

/** What was asked for was not done. */
export interface NotDone { readonly status: 404 | 409 | 503; readonly code: string; readonly message: string }

export interface ArchiveService {
  /** Resolves when it is durable. */
  star(id: string, starred: boolean): Promise<NotDone | undefined>;
  /** Resolves when nothing is left of the event. */
  remove(id: string): Promise<NotDone | undefined>;
  /** Resolves when events name nobody any more who was forgotten, and everybody else as they are called now. */
  changeNames(): Promise<undefined>;
  /** Somebody said whose face it is, of `faces` of an event that has ended. Resolves when it is durable. */
  nameFace(id: string, face: number, name: string): Promise<NotDone | undefined>;
  /** It is not the face of who is called `name`, where the event says so. Resolves when it is durable. */
  unnameFace(id: string, face: number, name: string): Promise<NotDone | undefined>;
}

/** Listens on `socket` until the server is closed; the folder is made, and closed to others. */
export function serveArchive(socket: string, service: ArchiveService, log: Log): Server {
  makeFolderSync(path.dirname(socket), 0o700);
  rmSync(socket, { force: true });
  const server = createServer((request, response) => {
    answer(request, response, service).catch((error: unknown) => {
      log.error('a request of the page failed', { reason: describeError(error) });
      say(response, {
        status: 503, code: error instanceof TytoError ? error.code : 'archive.failed', message: describeError(error),
      });
    });
  });
  server.on('error', (error) => log.error('events cannot be starred or deleted', { reason: describeError(error) }));
  server.listen(socket, () => chmodSync(socket, 0o600));
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, service: ArchiveService): Promise<void> {
  request.resume();
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://archive');
  if (pathname === '/people' && request.method === 'PUT') return say(response, await service.changeNames());
  const [, id = '', what = '', face] = /^\/events\/([^/]+)(?:\/(star|face)(?:\/(\d+))?)?$/.exec(pathname) ?? [];
  if (!EVENT_ID_PATTERN.test(id))
    return say(response, { status: 404, code: 'events.unknown', message: 'there is no such event' });
  switch (`${request.method} ${what}`) {
    case 'PUT star': return say(response, await service.star(id, true));
    case 'DELETE star': return say(response, await service.star(id, false));
    case 'PUT face': return say(response, await service.nameFace(id, Number(face), searchParams.get('name') ?? ''));
    case 'DELETE face':
      return say(response, await service.unnameFace(id, Number(face), searchParams.get('name') ?? ''));
    case 'DELETE ': return say(response, await service.remove(id));
    default: return say(response, { status: 404, code: 'http.no-route', message: 'there is no such route' });
  }
}

function say(response: ServerResponse, refusal: NotDone | undefined): void {
  if (refusal === undefined) {
    response.writeHead(204).end();
    return;
  }
  const { status, code, message } = refusal;
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ code, message }));
}
