import type { NumberedTransition } from '@agrenting-hiclaw/core/domain';
import { createRoute, z } from '@hono/zod-openapi';
import { Problem } from '../http/problem.ts';
import type { ApiContext } from '../context.ts';
import { MAX_LISTENERS, type TransitionListener } from '../views/transition-feed.ts';
import { iso, PROBLEMS, SECURED, type Api } from './route.ts';

const route = createRoute({
  method: 'get',
  path: '/events',
  summary: 'Transitions of hirings as server-sent events',
  description:
    '`event: hiring` with {id, state, at}; `event: overview` when counts may have changed, or when more was missed than is replayed; `event: ping`. The id is the sequence number in the history: send it as Last-Event-ID to resume after it.',
  tags: ['events'],
  security: SECURED,
  request: { headers: z.object({ 'last-event-id': z.string().max(20).optional() }) },
  responses: {
    200: { description: 'Events.', content: { 'text/event-stream': { schema: z.string() } } },
    ...PROBLEMS,
  },
});

const PING_EVERY_MS = 15_000;
/** Transitions replayed to a client that reconnects. */
const MAX_MISSED = 500;
/** Unread bytes buffered for a slow client. */
const MAX_UNREAD_BYTES = 256 * 1024;

export interface EventsOptions {
  readonly access: Pick<ApiContext['access'], 'bySession'>;
  readonly feed: Pick<ApiContext['feed'], 'newest' | 'listen'>;
  readonly store: {
    readonly overview: Pick<ApiContext['store']['overview'], 'transitionsAfter' | 'latestTransitions'>;
  };
  readonly stop: AbortSignal;
}

/** A bounded number of clients; one that does not read is disconnected and reconnects. */
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
    // Read before listening starts, so that nothing is missed in between: what comes twice is sent once.
    const begun = { newestSent: since ?? feed.newest };
    const text = new TextEncoder();
    const early: NumberedTransition[] = [];
    let close = (): void => undefined;
    let send: TransitionListener = (transitions) => void early.push(...transitions);
    const unlisten = feed.listen({
      caller: context.get('caller'),
      onTransitions: (transitions) => send(transitions),
      end: () => close(),
    });
    if (unlisten === undefined) {
      throw new Problem(429, `Too many event-stream clients (limit ${MAX_LISTENERS}).`, {
        todo: 'Close another page, or poll instead.',
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
          const sendNow: TransitionListener = (transitions) => {
            const fresh = transitions.filter(({ sequence }) => sequence > begun.newestSent);
            if (fresh.length === 0) return;
            begun.newestSent = fresh.at(-1)?.sequence ?? begun.newestSent;
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
              // The client disconnected first.
            }
          };
          stop.addEventListener('abort', close);
          const missedSince = async (sequence: number): Promise<readonly NumberedTransition[]> => {
            const newest = (await store.overview.latestTransitions(1))[0]?.sequence ?? 0;
            // Of another store, or of this one before it was rebuilt: what comes now counts, whatever its number is.
            if (sequence > newest) begun.newestSent = newest;
            return await store.overview.transitionsAfter(begun.newestSent, MAX_MISSED);
          };
          write('retry: 1000\nevent: ping\ndata: {}\n\n');
          const missed = since === undefined ? [] : await missedSince(since);
          send = sendNow;
          if (!closed) sendNow([...missed, ...early]);
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
  throw new Problem(400, 'Invalid Last-Event-ID.', { todo: 'Leave it out.' });
}
