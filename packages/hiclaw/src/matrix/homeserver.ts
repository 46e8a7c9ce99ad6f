import { MatrixHttpApi, Method } from 'matrix-js-sdk/lib/http-api/index.js';
import { TypedEventEmitter } from 'matrix-js-sdk/lib/models/typed-event-emitter.js';
import { TheirClock, type Secret } from '@agrenting-hiclaw/core/domain';
import type { z } from 'zod';
import { AnswerTooLarge, createBoundedFetch } from '../http/bounded-fetch.ts';
import { withDeadline } from '../http/deadline.ts';
import { failureOf, type HomeserverFailure } from './failure.ts';

export interface HomeserverSettings {
  /** Where it is reached, such as `http://127.0.0.1:18080`; says nothing about the name in Matrix ids. */
  readonly url: string;
  /** The part of Matrix ids behind the first colon, which may hold a port (HiClaw reference, 1.1); that of `userId` when left out. */
  readonly serverName?: string | undefined;
  /** Our own Matrix id. */
  readonly userId: string;
  readonly accessToken: Secret;
  /** How long one request may take, but for the long poll, which adds its own wait. Default 20,000. */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * Largest answer that is read, but for uploads and what is read whole. Default 2 MiB: parsing one that is made of keys
   * takes 40 ms then, and the event loop does nothing else.
   */
  readonly maxAnswerBytes?: number | undefined;
}

export interface HomeserverCall<T> {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Behind `/_matrix/client`, its parts already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly answer: z.ZodType<T>;
  /** How long the server itself may wait before it answers. */
  readonly longPollMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Reads up to 16 MiB, where no smaller answer can be asked for. */
  readonly readsWhole?: boolean | undefined;
  /** Reads the one text of the answer that says how far it goes, however much stands beside it. */
  readonly readsPositionOnly?: boolean | undefined;
}

export type HomeserverAnswer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed'; readonly failure: HomeserverFailure };

/** One account's way to its homeserver. It only carries requests: no store, no scheduler, no retries. */
export interface Homeserver {
  readonly serverName: string;
  readonly userId: string;
  /** The homeserver's own clock, as its answers tell it. */
  readonly clock: TheirClock;
  call<T>(call: HomeserverCall<T>): Promise<HomeserverAnswer<T>>;
  /** Reads an uploaded text by its `mxc:` address, always from this homeserver. */
  readMedia(url: string, signal: AbortSignal): Promise<HomeserverAnswer<string>>;
  close(): void;
}

const MAX_WHOLE_BYTES = 16 * 1024 * 1024;
/** Of these nothing is kept but the position. */
const MAX_SCANNED_BYTES = 1024 * 1024 * 1024;

const METHODS = { GET: Method.Get, PUT: Method.Put, POST: Method.Post, DELETE: Method.Delete } as const;

export function createHomeserver(settings: HomeserverSettings): Homeserver {
  const { requestTimeoutMs = 20_000, maxAnswerBytes = 2 * 1024 * 1024 } = settings;
  const connections = createBoundedFetch(maxAnswerBytes);
  const whole = createBoundedFetch(MAX_WHOLE_BYTES);
  const scanned = createBoundedFetch(MAX_SCANNED_BYTES, 'next_batch');
  const wayOf = ({
    readsWhole,
    readsPositionOnly,
  }: Pick<HomeserverCall<unknown>, 'readsWhole' | 'readsPositionOnly'>) => {
    if (readsPositionOnly === true) return scanned;
    return readsWhole === true ? whole : connections;
  };
  const clock = new TheirClock();
  // Without a logger of ours the library says nothing.
  const apiOver = (fetchFn: typeof globalThis.fetch) =>
    new MatrixHttpApi(new TypedEventEmitter(), {
      baseUrl: settings.url,
      prefix: '/_matrix/client',
      onlyData: true,
      fetchFn,
      accessToken: settings.accessToken.reveal(),
    });

  return {
    serverName: settings.serverName ?? settings.userId.slice(settings.userId.indexOf(':') + 1),
    userId: settings.userId,
    clock,
    async call(call) {
      let tooLarge = false;
      // The library keeps no more of an error than its message.
      const api = apiOver(async (input, init) => {
        try {
          const askedAtMs = Date.now();
          const response = await wayOf(call).fetch(input, init);
          clock.noteAnswer(response, askedAtMs, Date.now());
          return response;
        } catch (error) {
          tooLarge = error instanceof AnswerTooLarge;
          throw error;
        }
      });
      try {
        const timeoutMs = requestTimeoutMs + (call.longPollMs ?? 0);
        const answer: unknown = await withDeadline(timeoutMs, call.signal, (abortSignal) =>
          api.authedRequest<unknown>(
            METHODS[call.method],
            call.path,
            { ...call.query },
            call.body === undefined ? undefined : { ...call.body },
            // `priority` is a browser's setting that the library's types want named elsewhere too.
            { abortSignal, priority: undefined },
          ),
        );
        const parsed = call.answer.safeParse(answer);
        if (parsed.success) return { kind: 'answered', value: parsed.data };
        const problem = `the homeserver's answer to ${call.method} ${call.path} is not what Matrix says`;
        return { kind: 'failed', failure: { kind: 'lost', problem } };
      } catch (error) {
        const failure = failureOf(error, settings.url);
        return {
          kind: 'failed',
          failure: tooLarge && failure.kind === 'lost' ? { ...failure, tooLarge } : failure,
        };
      }
    },
    async readMedia(url, outer) {
      const [, server, id] = /^mxc:\/\/([^/?#]{1,255})\/([\w-]{1,255})$/.exec(url) ?? [];
      if (server === undefined || id === undefined) {
        return { kind: 'failed', failure: { kind: 'lost', problem: 'this is not the address of an upload' } };
      }
      try {
        const response = await withDeadline(requestTimeoutMs, outer, async (signal) =>
          whole.fetch(
            // bounded: each run once, by what is before it
            `${settings.url.replace(/(?<!\/)\/+$/, '')}/_matrix/client/v1/media/download/${encodeURIComponent(server)}/${id}`,
            { headers: { authorization: `Bearer ${settings.accessToken.reveal()}` }, signal },
          ),
        );
        if (response.status === 200) return { kind: 'answered', value: await response.text() };
        const problem = `the homeserver answered ${response.status} to the download of an upload`;
        return { kind: 'failed', failure: { kind: 'lost', problem } };
      } catch (error) {
        return { kind: 'failed', failure: failureOf(error, settings.url) };
      }
    },
    close: () => {
      connections.close();
      whole.close();
      scanned.close();
    },
  };
}
