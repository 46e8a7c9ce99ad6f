import { z } from 'zod';

const loginAnswer = z.object({ access_token: z.string(), user_id: z.string(), device_id: z.string() });
const uploadAnswer = z.object({ content_uri: z.string() });
const sentAnswer = z.object({ event_id: z.string() });

const event = z.object({
  type: z.string(),
  event_id: z.string().default(''),
  sender: z.string(),
  state_key: z.string().optional(),
  content: z.record(z.string(), z.unknown()),
  origin_server_ts: z.number().default(0),
});
export type SeenEvent = z.output<typeof event>;

const syncAnswer = z.object({
  next_batch: z.string(),
  rooms: z
    .object({
      join: z
        .record(
          z.string(),
          z.object({
            timeline: z.object({ events: z.array(event) }),
            state: z.object({ events: z.array(event) }),
          }),
        )
        .default({}),
      invite: z.record(z.string(), z.unknown()).default({}),
    })
    .default({ join: {}, invite: {} }),
});
export type SyncAnswer = z.output<typeof syncAnswer>;

/** An answer of the homeserver that is no success. */
export class MatrixRefusal extends Error {
  readonly status: number;
  readonly errcode: string;

  constructor(status: number, errcode: string, message: string) {
    super(`${status} ${errcode}: ${message}`);
    this.name = 'MatrixRefusal';
    this.status = status;
    this.errcode = errcode;
  }
}

/** One worker's own connection to the homeserver, over HTTP like anybody's. */
export class MatrixSession {
  readonly userId: string;
  readonly #base: string;
  readonly #accessToken: string;
  readonly #signal: AbortSignal;
  #transactions = 0;

  private constructor(base: string, userId: string, accessToken: string, signal: AbortSignal) {
    this.#base = base;
    this.userId = userId;
    this.#accessToken = accessToken;
    this.#signal = signal;
  }

  /** A login without a device id: a new device at every start, as HiClaw 1.0 does (HiClaw reference, 3.3). */
  static async login(
    base: string,
    user: string,
    password: string,
    signal: AbortSignal,
  ): Promise<MatrixSession> {
    const answer = loginAnswer.parse(
      await call(base, undefined, signal, 'POST', '/login', {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user },
        password,
      }),
    );
    return new MatrixSession(base, answer.user_id, answer.access_token, signal);
  }

  async sync(since: string | undefined, timeoutMs: number, fullState = false): Promise<SyncAnswer> {
    const query = new URLSearchParams({ timeout: String(timeoutMs) });
    if (since !== undefined) query.set('since', since);
    if (fullState) query.set('full_state', 'true');
    return syncAnswer.parse(await this.#call('GET', `/sync?${query.toString()}`));
  }

  async join(roomId: string): Promise<void> {
    await this.#call('POST', `/rooms/${encodeURIComponent(roomId)}/join`, {});
  }

  /** Resolves to the event id. */
  async send(roomId: string, content: object): Promise<string> {
    this.#transactions += 1;
    const transaction = `w${Date.now()}.${this.#transactions}`;
    const path = `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${transaction}`;
    return sentAnswer.parse(await this.#call('PUT', path, content)).event_id;
  }

  /** Uploads a text; resolves to its `mxc:` address. */
  async upload(name: string, text: string): Promise<string> {
    const response = await fetch(
      `${this.#base}/_matrix/media/v3/upload?filename=${encodeURIComponent(name)}`,
      {
        method: 'POST',
        signal: this.#signal,
        headers: { authorization: `Bearer ${this.#accessToken}`, 'content-type': 'text/markdown' },
        body: text,
      },
    );
    return uploadAnswer.parse(await response.json()).content_uri;
  }

  async read(roomId: string, eventId: string): Promise<void> {
    const markers = { 'm.fully_read': eventId, 'm.read': eventId };
    await this.#call('POST', `/rooms/${encodeURIComponent(roomId)}/read_markers`, markers);
  }

  async typing(roomId: string, typing: boolean, timeoutMs: number): Promise<void> {
    const path = `/rooms/${encodeURIComponent(roomId)}/typing/${encodeURIComponent(this.userId)}`;
    await this.#call('PUT', path, typing ? { typing, timeout: timeoutMs } : { typing });
  }

  #call(method: string, path: string, body?: object): Promise<unknown> {
    return call(this.#base, this.#accessToken, this.#signal, method, path, body);
  }
}

const refusal = z.object({ errcode: z.string().default('M_UNKNOWN'), error: z.string().default('') });

const call = async (
  base: string,
  accessToken: string | undefined,
  signal: AbortSignal,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> => {
  const response = await fetch(`${base}/_matrix/client/v3${path}`, {
    method,
    signal,
    headers: accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { errcode, error } = refusal.parse(answer);
  throw new MatrixRefusal(response.status, errcode, error);
};
