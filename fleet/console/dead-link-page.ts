import type { Context } from 'koa';
import { createHash } from 'node:crypto';

const STYLE = `:root{color-scheme:light dark;font:16px/1.45 system-ui,sans-serif}
:root{background:light-dark(#f4eee3,#13110e);color:light-dark(#221b12,#f3ebde)}
body{display:grid;place-items:center;min-height:90vh;margin:0;padding:24px}main{max-width:26rem;text-align:center}
a{display:inline-block;margin-top:12px;padding:12px 20px;border-radius:12px;font-weight:600;text-decoration:none}
a{background:light-dark(#8a5710,#e8b45c);color:light-dark(#fffaf0,#221705)}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Answers a person who followed a link that no longer works, in words and with a way on. `message` is ours. */
export function deadLinkPage(ctx: Context, message: string): void {
  ctx.set(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
  );
  ctx.type = 'html';
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  ctx.body = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tyto</title><style>${STYLE}</style>
<main><h1>This link no longer works</h1><p>${sentence}</p><a href="/">Open the page</a></main></html>
`;
}
