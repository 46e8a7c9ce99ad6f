import { createRoute, z } from '@hono/zod-openapi';
import { contentsOf, hiringsPage, packArchive } from '@agrenting-hiclaw/operations';
import { inTurns, type HiringId } from '@agrenting-hiclaw/core/domain';
import { attachment } from '../http/attachment.ts';
import { Problem } from '../http/problem.ts';
import { OneExport } from '../http/one-export.ts';
import type { ApiContext } from '../context.ts';
import { detailOf, hiringDetail, hiringSummary, stateName, summaryOf } from './hiring-view.ts';
import { agentId, hiringId, json, pageOf, pageQuery, PROBLEMS, SECURED, type Api } from './route.ts';

const listRoute = createRoute({
  method: 'get',
  path: '/hirings',
  summary: 'List hirings, newest first',
  description:
    'A page may hold fewer than `limit` although there are more: go on while `nextCursor` is not null. `q` is the beginning of a hiring or agent id, the name of a worker, or words of what the hirer wrote.',
  tags: ['hirings'],
  security: SECURED,
  request: {
    query: z.strictObject({
      state: stateName.optional(),
      agent: agentId.optional(),
      worker: z.string().min(1).max(128).optional(),
      q: z.string().trim().min(1).max(200).optional(),
      attention: z.enum(['true', 'false']).optional(),
      ...pageQuery,
    }),
  },
  responses: { 200: json(pageOf(hiringSummary), 'A page of hirings.'), ...PROBLEMS },
});

const showRoute = createRoute({
  method: 'get',
  path: '/hirings/{id}',
  summary: 'Get a hiring with its latest attempts and its timeline',
  tags: ['hirings'],
  security: SECURED,
  request: { params: z.object({ id: hiringId }) },
  responses: { 200: json(hiringDetail, 'The hiring.'), ...PROBLEMS },
});

const exportRoute = createRoute({
  method: 'get',
  path: '/hirings/{id}/export',
  summary: 'Export everything about a hiring as one archive, without secrets',
  description:
    'With the newest 20 attempts and 1,000 moves. One at a time is made, as fast as it is read and within ten minutes; 429 while there is another. An operator’s ends that of a viewer.',
  tags: ['hirings'],
  security: SECURED,
  request: { params: z.object({ id: hiringId }) },
  responses: {
    200: {
      description: 'A zip archive.',
      content: { 'application/zip': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...PROBLEMS,
  },
});

const EXPORT_RETRY_SECONDS = 10;
/** Each may come with some megabytes of text. */
const SHOWN_ATTEMPTS = 5;

/** Lists, shows and exports hirings. */
export function addHirings(api: Api, { configuration, store, stop, log }: ApiContext): void {
  const exports = new OneExport(stop);

  api.openapi(listRoute, async (context) => {
    const { q, attention, ...filters } = context.req.valid('query');
    const request = { ...filters, query: q, attention: attention === 'true' };
    const { items, nextCursor } = await hiringsPage(store, request);
    return context.json(
      { items: items.map(({ record, updatedAtMs }) => summaryOf(record, updatedAtMs)), nextCursor },
      200,
    );
  });

  api.openapi(showRoute, async (context) => {
    const { id } = context.req.valid('param');
    const evidence = await store.evidence(id, SHOWN_ATTEMPTS);
    if (evidence === undefined) throw noHiring(id);
    return context.json(await inTurns(detailOf(evidence)), 200);
  });

  api.openapi(exportRoute, async (context) => {
    const { id } = context.req.valid('param');
    const evidence = await store.evidence(id);
    if (evidence === undefined) throw noHiring(id);
    const headers = {
      'content-type': 'application/zip',
      'content-disposition': attachment(`agrenting-${id}.zip`),
    };
    // Nobody would read it, and it would be in the way of those who do.
    if (context.req.method === 'HEAD') return context.body(null, 200, headers);
    const { role } = context.get('caller');
    const archive = exports.begin(packArchive(contentsOf(configuration, evidence).files, 'zip'), {
      role,
      breakOff: () => context.env.breakOff?.(),
      onFailure: (error) => log.error({ error, hiringId: id }, 'an export could not be made to its end'),
    });
    if (archive === undefined) {
      throw new Problem(429, 'Another export is in progress.', {
        todo: 'Try again when it has finished.',
        retryAfterSeconds: EXPORT_RETRY_SECONDS,
      });
    }
    return context.body(archive, 200, headers);
  });
}

/** For a hiring that is not there. */
export function noHiring(id: HiringId): Problem {
  return new Problem(404, `No such hiring: ${id}.`, { todo: 'See GET /api/v1/hirings.' });
}
