import type { NumberedTransition } from '@agrenting-hiclaw/core/domain';
import { createRoute, z } from '@hono/zod-openapi';
import { Problem } from '../http/problem.ts';
import type { ApiContext } from '../context.ts';
import type { TransitionListener } from '../views/transition-feed.ts';
import { iso, PROBLEMS, SECURED, type Api } from './route.ts';

const route = createRoute({
  method: 'get',
  path: '/events',
  summary: 'Moves of hirings as they are made, as server-sent events',
  description:
    '`event: hiring` with {id, state, at}; `event: overview` when counts may have changed, or when more was missed than is told again; `event: ping`. The id is the sequence of the history: give it as Last-Event-ID to go on behind it.',
  tags: ['events'],
  security: SECURED,
  request: { headers: z.object({ 'last-event-id': z.string().max(20).optional() }) },
  responses: {
    200: { description: 'Events.', content: { 'text/event-stream': { schema: z.string() } } },
    ...PROBLEMS,
  },
});

const PING_EVERY_MS = 15_000;
/** Moves that are told again to whoever comes back. */
const MAX_MISSED = 500;
/** Bytes that a slow reader may leave lying. */
const MAX_UNREAD_BYTES = 256 * 1024;

export interface EventsOptions {
  readonly access: Pick<ApiContext['access'], 'bySession'>;
  readonly feed: Pick<ApiContext['feed'], 'newest' | 'listen'>;
  readonly store: {
    readonly overview: Pick<ApiContext['store']['overview'], 'transitionsAfter' | 'latestTransitions'>;
  };
  readonly stop: AbortSignal;
}

/** A bounded number of listeners; one that does not read is let go of and comes back by itself. */
export function addEvents(api: Api, { access, feed, store, stop }: EventsOptions): void {
  api.openapi(route, async (context) => {
    const headers = {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    };
    // Nobody would read them, and the place of a listener would be taken.
    if (context.req.method === 'HEAD') return context.body(null, 200, headers);
    const since = sinceOf(context.req.header('last-event-id'));
    const bySession = context.get('sessionSecret');
    // Asked for before it is listened, so that nothing falls in between: what comes twice is told once.
    const begun = { told: since ?? feed.newest };
    const text = new TextEncoder();
    const early: NumberedTransition[] = [];
    let close = (): void => undefined;
    let tell: TransitionListener = (transitions) => void early.push(...transitions);
    const unlisten = feed.listen({
      caller: context.get('caller'),
      tell: (transitions) => tell(transitions),
      end: () => close(),
    });
    if (unlisten === undefined) {
      throw new Problem(429, 'as many listen already as may', {
        todo: 'Close another page, or ask for what you need now and then.',
        retryAfterSeconds: 10,
      });
    }

    const stream = new ReadableStream<Uint8Array>(
      {
        async start(controller) {
          const write = (event: string): void => {
            if ((controller.desiredSize ?? 0) <= 0) return close();
            return controller.enqueue(text.encode(event));
          };
          const tellNow: TransitionListener = (transitions) => {
            const fresh = transitions.filter(({ sequence }) => sequence > begun.told);
            if (fresh.length === 0) return;
            begun.told = fresh.at(-1)?.sequence ?? begun.told;
            write(`${fresh.map((transition) => eventOf(transition)).join('')}event: overview\ndata: {}\n\n`);
          };
          const ping = setInterval(() => {
            void stillWelcome().then(
              (welcome) => (welcome ? write('event: ping\ndata: {}\n\n') : close()),
              () => close(),
            );
          }, PING_EVERY_MS);
          const stillWelcome = async (): Promise<boolean> =>
            bySession === undefined || (await access.bySession(bySession)) !== undefined;
          let closed = false;
          close = () => {
            if (closed) return;
            closed = true;
            unlisten();
            clearInterval(ping);
            stop.removeEventListener('abort', close);
            try {
              controller.close();
            } catch {
              // Whoever listened went away first.
            }
          };
          stop.addEventListener('abort', close);
          const missedSince = async (sequence: number): Promise<readonly NumberedTransition[]> => {
            const newest = (await store.overview.latestTransitions(1))[0]?.sequence ?? 0;
            // Of another store, or of this one before it was made anew: what comes now counts, whatever its number is.
            if (sequence > newest) begun.told = newest;
            return await store.overview.transitionsAfter(begun.told, MAX_MISSED);
          };
          write('retry: 1000\nevent: ping\ndata: {}\n\n');
          const missed = since === undefined ? [] : await missedSince(since);
          tell = tellNow;
          if (!closed) tellNow([...missed, ...early]);
        },
        cancel: () => close(),
      },
      { highWaterMark: MAX_UNREAD_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
    );
    return context.body(stream, 200, headers);
  });
}

function eventOf({ sequence, hiringId, to, atMs }: NumberedTransition): string {
  const data = JSON.stringify({ id: hiringId, state: to, at: iso(atMs) });
  return `id: ${sequence}\nevent: hiring\ndata: ${data}\n\n`;
}

function sinceOf(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new Problem(400, 'Last-Event-ID is none of ours', { todo: 'Leave it out.' });
}
