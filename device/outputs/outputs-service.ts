/** What the page may ask of the outputs, over a socket that only this user's processes reach. */
import { chmodSync, rmSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import path from 'node:path';
import type { OutputTest, OutputsView, Redrive } from '../contract/outputs-view.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { makeFolderSync } from '../durable/make-folder.ts';
import { createServer } from '../runtime/node-http.ts';

export interface OutputsService {
  view(): OutputsView;
  /** Undefined when there is no output of this name. */
  test(name: string, signal: AbortSignal): Promise<OutputTest | undefined>;
  /** Undefined when there is no output of this name. */
  redrive(name: string): Redrive | undefined;
}

/** Listens on `socket` until the server is closed; the folder is made, and closed to others. */
export function serveOutputs(socket: string, service: OutputsService, log: Log): Server {
  makeFolderSync(path.dirname(socket), 0o700);
  rmSync(socket, { force: true });
  const server = createServer((request, response) => {
    answer(request, response, service).catch((error: unknown) => {
      log.error('a request of the page failed', { reason: describeError(error) });
      say(response, 503, { code: 'outputs.failed', message: describeError(error) });
    });
  });
  server.on('error', (error) => log.error('outputs cannot be shown or tried out', { reason: describeError(error) }));
  server.listen(socket, () => chmodSync(socket, 0o600));
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, service: OutputsService): Promise<void> {
  request.resume();
  if (request.method === 'GET' && request.url === '/outputs') return say(response, 200, service.view());
  const [, name = '', what] =
    /^\/outputs\/([A-Za-z0-9-]+)\/(test|redrive)$/.exec(request.method === 'POST' ? request.url ?? '' : '') ?? [];
  if (what === undefined) return say(response, 404, { code: 'http.no-route', message: 'there is no such route' });
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('whoever asked has gone')));
  const done = what === 'test' ? await service.test(name, gone.signal) : service.redrive(name);
  if (done === undefined) return say(response, 404, { code: 'outputs.unknown', message: `there is no output ${name}` });
  return say(response, 200, done);
}

function say(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(content));
}
