/**
 * `/swagger`: the description of the API, and a page to read it and try it. Nothing of
 * it is loaded before somebody asks.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { VaultRoute } from '../door/route.ts';
import { openApi } from './openapi.ts';

const INDEX = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tyto fleet API</title>
<link rel="stylesheet" href="/swagger/swagger-ui.css">
<link rel="icon" href="/swagger/favicon-32x32.png" sizes="32x32">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/swagger/swagger-ui-bundle.js"></script>
<script src="/swagger/start.js"></script>
</body>
</html>
`;

const START = `window.ui = SwaggerUIBundle({ url: '/swagger/openapi.json', dom_id: '#swagger-ui', deepLinking: true });
`;

/** Files of the package that the page needs. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript', 'favicon-32x32.png': 'image/png',
};

export function swaggerRouter(routes: readonly VaultRoute[]): Router {
  const router = new Router();
  router.get('/swagger', (ctx) => { ctx.redirect('/swagger/index.html'); });
  router.get('/swagger/index.html', (ctx) => { allowIcons(ctx); ctx.type = 'text/html'; ctx.body = INDEX; });
  router.get('/swagger/start.js', (ctx) => { ctx.type = 'text/javascript'; ctx.body = START; });
  router.get('/swagger/openapi.json', (ctx) => { ctx.body = openApi(routes); });
  for (const [name, type] of Object.entries(FILES)) {
    router.get(`/swagger/${name}`, async (ctx) => {
      ctx.set('Cache-Control', 'max-age=86400');
      ctx.type = type;
      ctx.body = await readFile(fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`)));
    });
  }
  return router;
}

/** Its style sheet carries the signs on its buttons in itself. Scripts stay as strict as on every page of ours. */
function allowIcons(ctx: Context): void {
  const policy = ctx.response.get('Content-Security-Policy');
  ctx.set('Content-Security-Policy', policy.replace(/img-src /, 'img-src data: '));
}
