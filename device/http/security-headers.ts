import helmet from 'koa-helmet';
import type { Middleware } from 'koa';
import type { IncomingMessage } from 'node:http';

/**
 * What a page of ours may do: run its own scripts, talk to its own host, play what it got from there. No other site may
 * show it in a frame or load from it. It is served over plain http in the house, so nothing is forced to https.
 *
 * @param mediaOrigins - Other hosts that pictures and video come from: `https://bucket.s3.amazonaws.com`.
 */
export function securityHeaders(mediaOrigins: readonly string[] = []): readonly Middleware[] {
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'blob:', ...mediaOrigins],
          mediaSrc: ["'self'", 'blob:', ...mediaOrigins],
          connectSrc: ["'self'", (req) => ownSockets(req)],
          manifestSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      strictTransportSecurity: false,
      // Browsers ignore these two on plain http, and complain about them.
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      referrerPolicy: { policy: 'no-referrer' },
      xFrameOptions: { action: 'deny' },
    }),
    async (ctx, next) => {
      ctx.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=()');
      await next();
    },
  ];
}

/** Not every browser takes `'self'` for WebSockets. A host that is no plain name is not repeated. */
function ownSockets({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const host = headers.host ?? '';
  return /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?$/.test(host) ? `ws://${host} wss://${host}` : "'self'";
}
