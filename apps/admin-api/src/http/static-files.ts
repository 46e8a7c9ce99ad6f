import { z } from '@hono/zod-openapi';

const routeSchema = z.object({
  summary: z.string().default(''),
  description: z.string().optional(),
  parameters: z.unknown().optional(),
  requestBody: z.unknown().optional(),
  responses: z.unknown().optional(),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), routeSchema)),
  components: z.object({ schemas: z.unknown() }),
  servers: z.array(z.object({ url: z.string() })),
});

/** The look of our own pages: a file, because no style may stand in a page. */
export const STYLE = `body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
summary { cursor: pointer; }
summary b { display: inline-block; width: 4.5rem; text-transform: uppercase; }
pre { overflow: auto; padding: 0.5rem; border: 1px solid #8886; }
`;

/** The document for people, without a script. */
export function docsPage(document: unknown): string {
  const { paths, components, servers } = documentSchema.parse(document);
  const base = servers[0]?.url ?? '';
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => {
      const heading = `<b>${escaped(method)}</b><code>${escaped(base + path)}</code> ${escaped(route.summary)}`;
      const parts = [
        route.description === undefined ? '' : `<p>${escaped(route.description)}</p>`,
        block('Parameters', route.parameters),
        block('Body', route.requestBody),
        block('Answers', route.responses),
      ];
      return `<details><summary>${heading}</summary>${parts.join('')}</details>`;
    }),
  );
  return pageOf(
    "Operator's API",
    `<p>The same for programs: <a href="${base}/openapi.json">openapi.json</a></p>${routes.join('\n')}${block('Schemas', components.schemas)}`,
  );
}

/** Shown when the console is missing. */
export const NO_CONSOLE = pageOf(
  'The console is not part of this installation',
  '<p>The API is: <a href="/docs">its documentation</a> says what it does. To have the console, run <code>npm run build</code> in the checkout and start again, or set <code>admin.console</code> to the folder that it lies in.</p>',
);

function pageOf(title: string, inside: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><link rel="stylesheet" href="/docs/docs.css"></head>
<body><h1>${escaped(title)}</h1>${inside}</body>
</html>
`;
}

function block(title: string, value: unknown): string {
  if (value === undefined) return '';
  return `<h4>${title}</h4><pre>${escaped(JSON.stringify(value, undefined, 2))}</pre>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
