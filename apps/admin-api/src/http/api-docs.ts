import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { shared } from '@agrenting-hiclaw/runtime';
import { guarded, type ApiEnv } from '../access/guard.ts';
import type { ApiContext } from '../context.ts';
import { docsPage, NO_CONSOLE, STYLE } from './static-files.ts';
import { Problem } from './problem.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const READY_FOR_MS = 1_000;

/** Health, readiness, metrics, the page that shows the document, and the console. */
export function addApiDocs(
  root: OpenAPIHono<ApiEnv>,
  { access, folder, metrics, readiness }: ApiContext,
  document: () => unknown,
): void {
  // A check writes to the disk.
  const ready = shared(readiness, READY_FOR_MS);
  const appMetrics = shared(async () => await metrics.metrics(), 0);

  root.get('/health', (context) => context.json({ status: 'ok' }));
  root.get('/ready', async (context) => {
    const found = await ready();
    return context.json(found, found.ready ? 200 : 503);
  });
  root.get('/metrics', guardedPage(access), async (context) =>
    context.body(await appMetrics(), 200, { 'content-type': metrics.contentType }),
  );
  const page = (text: string): Response =>
    new Response(text, { headers: { 'content-type': TYPES['.html'] ?? '' } });
  const docs = once(() => docsPage(document()));
  for (const path of ['/docs', '/api/v1/docs']) root.get(path, () => page(docs()));
  root.get('/docs/docs.css', (context) => context.body(STYLE, 200, { 'content-type': TYPES['.css'] ?? '' }));
  root.get('*', async (context) => {
    if (context.req.path.startsWith('/api/')) throw nothing();
    if (folder === undefined) {
      if (extname(context.req.path) !== '') throw nothing();
      return page(NO_CONSOLE);
    }
    const wanted = context.req.path === '/' ? '/index.html' : context.req.path;
    // A path without a name of a file is a view of the console.
    return await fileOf(folder, extname(wanted) === '' ? 'index.html' : wanted);
  });
  root.all('*', () => {
    throw nothing();
  });
}

/** What never changes is made once, however many ask. */
export function once<Made>(make: () => Made): () => Made {
  let made: { readonly it: Made } | undefined;
  return () => (made ??= { it: make() }).it;
}

function guardedPage(access: ApiContext['access']) {
  return async (...[context, next]: Parameters<ReturnType<typeof guarded>>) => {
    context.set('client', access.clientOf(context.env.peer, context.req.header('x-forwarded-for')));
    return await guarded({ access })(context, next);
  };
}

function nothing(): Problem {
  return new Problem(404, 'No such page.', { todo: 'See / for the console and /docs for the API.' });
}

/** A file of a folder, and of nowhere else. Names with a digest in them never change. */
async function fileOf(folder: string, path: string): Promise<Response> {
  const file = join(folder, normalize(`${sep}${decoded(path)}`));
  const type = TYPES[extname(file)];
  const bytes = type === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (type === undefined || bytes === undefined) throw nothing();
  const forEver = /[/\\]assets[/\\].{1,200}-[\w-]{8,60}\.\w{1,20}$/.test(file);
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': type,
      'cache-control': forEver ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  });
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path).replaceAll('\0', '');
  } catch {
    throw nothing();
  }
}
