import { createRoute, z } from '@hono/zod-openapi';
import { heldFile } from '@agrenting-hiclaw/operations';
import { textOf } from '@agrenting-hiclaw/core/domain';
import { attachment } from '../http/attachment.ts';
import { Problem } from '../http/problem.ts';
import type { ApiContext } from '../context.ts';
import { noHiring } from './hirings.ts';
import { COMMAND_PROBLEMS, hiringId, SECURED, type Api } from './route.ts';

const { 409: changed, 422: notShown, 424: unreadable, ...PROBLEMS } = COMMAND_PROBLEMS;

const fileRoute = createRoute({
  method: 'get',
  path: '/hirings/{id}/files/{sha256}',
  summary: 'A file of the result that is held or being settled',
  description:
    'For operators alone. The bytes are those whose SHA-256 the hiring names; when the task folder holds others by now, 409. What is text comes as plain text, everything else to be saved.',
  tags: ['hirings'],
  security: SECURED,
  request: { params: z.object({ id: hiringId, sha256: z.string().regex(/^[0-9a-f]{64}$/) }) },
  responses: {
    200: {
      description: 'The file.',
      content: {
        'text/plain': { schema: z.string() },
        'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) },
      },
    },
    ...PROBLEMS,
    409: changed,
    422: notShown,
    424: unreadable,
  },
});

/** What a worker made can do nothing in a browser: it loads nothing, runs nothing, and has no origin. */
const POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Files of results, for the operator who approves them. */
export function addHiringFiles(api: Api, { configuration, store }: ApiContext): void {
  // Each holds a file in memory, so they are read one after the other.
  let last: Promise<unknown> = Promise.resolve();

  api.openapi(fileRoute, async (context) => {
    if (context.get('caller').role !== 'operator') {
      throw new Problem(403, 'Files of results are for operators. A viewer cannot open them.', {
        todo: 'Use a token with the role operator.',
      });
    }
    const { id, sha256 } = context.req.valid('param');
    const evidence = await store.evidence(id);
    if (evidence === undefined) throw noHiring(id);
    const reading = last.then(async () => await heldFile(configuration, evidence, sha256));
    last = reading.catch(() => undefined);
    const file = await reading;
    switch (file.kind) {
      case 'absent':
        throw new Problem(404, 'The result of this hiring has no such file.', {
          todo: 'See `attempts` of the hiring.',
        });
      case 'changed':
        throw new Problem(409, 'The file in the task folder is not the one that was reviewed.', {
          code: 'changed',
          todo: 'Read the hiring again: the new file is reviewed automatically.',
        });
      case 'secret':
        throw new Problem(422, 'The file contains a secret, so it is not shown.', {
          todo: 'Open it in the task folder.',
        });
      case 'unavailable':
        throw new Problem(424, file.problem, { todo: 'Try again later.' });
      case 'file':
        break;
    }
    const { name, bytes } = file;
    const isText = textOf(bytes) !== undefined;
    return context.body(new Uint8Array(bytes), 200, {
      'content-security-policy': POLICY,
      ...(isText
        ? { 'content-type': 'text/plain; charset=utf-8' }
        : { 'content-type': 'application/octet-stream', 'content-disposition': attachment(name) }),
    });
  });
}
