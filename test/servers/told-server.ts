/** Servers that are told things, for tests of outputs: each real, each as ill-behaved as a test wants. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Told {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ToldServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly told: Told[];
}

/** What an answer is; `hang` gives none. */
export type Answer = 'hang'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** @param port - 0 for any. */
export async function startToldServer(answer: (told: Told, count: number) => Answer = () =>
  ({ status: 204 }), port = 0): Promise<ToldServer> {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const one = {
        method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks),
      };
      told.push(one);
      const given = answer(one, told.length);
      if (given !== 'hang') response.writeHead(given.status, given.headers).end(given.body);
    });
  });
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  const { port: own } = server.address() as AddressInfo;
  return {
    port: own, url: `http://127.0.0.1:${own}`, told,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}
