import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMarketplace, createRestClient, parseBaseUrl } from '@agrenting-hiclaw/core/agrenting';
import { agentIdSchema, Secret, type Clock, type HiringId } from '@agrenting-hiclaw/core/domain';
import { someHiring, type World } from './world.ts';

type Session = NonNullable<
  ReturnType<NonNullable<Parameters<typeof createMarketplace>[0]['agents'][number]['session']>>
>;

/** An answer instead of the usual one; a text is sent as it is. */
export interface OtherAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** One request that would change something. */
export interface Write {
  /** Its last part: `result`, `failure`, `messages` or `artifacts`. */
  readonly what: string;
  readonly key: string | undefined;
  readonly body: string;
}

/** The marketplace of one hiring, over real HTTP and by the real client; `answer` makes it another one. */
export class HttpMarketplace {
  readonly #world: World;
  readonly #hiring = someHiring();
  readonly #server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { status, body } = this.#answerTo(
        request.method ?? '',
        request.url ?? '',
        request.headers['x-idempotency-key']?.toString(),
        Buffer.concat(parts).toString(),
      );
      const isText = typeof body === 'string';
      response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json' });
      response.end(isText ? body : JSON.stringify(body));
    });
  });
  readonly id: HiringId = this.#hiring.hiringId;
  readonly writes: Write[] = [];
  /** What came, oldest first: `read`, or the last part of what was written with the way it came by. */
  readonly visits: string[] = [];
  status = 'in_progress';
  /** What it lists of its files. */
  readonly artifacts: { readonly id: string; readonly name: string; readonly size_bytes?: number }[] = [];
  /** What it gives of a file, by its id. */
  readonly contents = new Map<string, string>();
  /** Ids of the files that were asked for. */
  readonly downloads: string[] = [];
  /** What every download gets instead of the bytes, while set. */
  downloadAnswer: OtherAnswer | undefined;
  /** What a read shows beside the rest. */
  extras: Record<string, unknown> = {};
  /** What every read gets instead of the hiring, while set. */
  readAnswer: OtherAnswer | undefined;
  answer: (write: Write) => OtherAnswer | undefined = () => undefined;
  #close: () => void = () => undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** Opens it as the marketplace of the world; with a session the agent is connected by MCP, too. */
  async open(session?: Session): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    // eslint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has such an address
    const { port } = this.#server.address() as AddressInfo;
    const base = parseBaseUrl(`http://127.0.0.1:${port}`);
    if (base.kind !== 'valid') throw new Error('no base URL');
    const clock: Clock = {
      nowMs: () => this.#world.nowMs,
      elapsedMs: () => this.#world.nowMs,
      // An answer has this long in real time.
      sleep: async (_forMs, signal) => {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 5000);
          signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
          });
        });
      },
    };
    const client = createRestClient({ baseUrl: base.baseUrl, clock });
    this.#close = () => client.close();
    const agentId = agentIdSchema.parse(this.#hiring.agentId);
    const agents = [{ agentId, key: new Secret('ap_0123456789'), session: () => session }];
    this.#world.ports = { ...this.#world.ports, marketplace: createMarketplace({ client, agents }) };
  }

  /** A hiring whose worker has it. */
  async atWork(): Promise<HiringId> {
    await this.#world.ingest(this.#hiring);
    await this.#world.run(1000);
    await this.#world.workerReads();
    await this.#world.run(1000);
    return this.id;
  }

  sent(what: string): readonly Write[] {
    return this.writes.filter((write) => write.what === what);
  }

  async close(): Promise<void> {
    this.#close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answerTo(method: string, url: string, key: string | undefined, body: string): OtherAnswer {
    const what = url.split('/').at(-1) ?? '';
    const hiring = {
      id: this.id,
      status: this.status,
      task_description: this.#hiring.description,
      price: '10.00',
      delivery_mode: 'output',
      ...this.extras,
    };
    if (method === 'GET') {
      if (what === 'artifacts') return { status: 200, body: { data: { artifacts: this.artifacts } } };
      if (what === 'download') return this.#download(decodeURIComponent(url.split('/').at(-2) ?? ''));
      this.visits.push('read');
      if (this.readAnswer !== undefined) return this.readAnswer;
      return { status: 200, body: { data: hiring } };
    }
    const write = { what, key, body };
    this.writes.push(write);
    this.visits.push(`${what} by rest`);
    const other = this.answer(write);
    if (other !== undefined) return other;
    if (what === 'result') this.status = 'completed';
    if (what === 'failure') this.status = 'failed';
    return { status: 200, body: { data: { ...hiring, status: this.status } } };
  }
  /** It lists a file, and gives its bytes. */
  lists(id: string, name: string, content: string, sizeBytes = Buffer.byteLength(content)): void {
    this.artifacts.push({ id, name, size_bytes: sizeBytes });
    this.contents.set(id, content);
  }

  #download(id: string): OtherAnswer {
    this.downloads.push(id);
    if (this.downloadAnswer !== undefined) return this.downloadAnswer;
    const content = this.contents.get(id);
    return content === undefined
      ? { status: 404, body: { errors: [{ code: 'NOT_FOUND', message: 'Artifact not found' }] } }
      : { status: 200, body: content };
  }
}
