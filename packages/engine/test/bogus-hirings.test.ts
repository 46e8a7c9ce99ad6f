import { createMarketplace, createRestClient, parseBaseUrl } from '@agrenting-hiclaw/core/agrenting';
import { agentIdSchema, hiringIdSchema, Secret, type Marketplace } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEngine, type Engine } from '../src/engine.ts';
import { VirtualClock } from './virtual-clock.ts';
import { someHiring, World } from './world.ts';

const AGENT_ID = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf8f');
const BOGUS = 400;
const ANSWER_MS = 50;
const WINDOW_MS = 60_000;
const REQUESTS_PER_WINDOW = 100;
/** How much later a rightful hiring may reach its worker because of the bogus ones. */
const MAX_DELAY_MS = 1_000;
const PATIENCE_MS = 10 * 60_000;

let world: World;
let engine: Engine | undefined;
let clock: VirtualClock;
beforeEach(begin);
afterEach(end);

function begin(): void {
  world = new World();
  clock = new VirtualClock(world.nowMs, (nowMs) => (world.nowMs = nowMs));
}

async function end(): Promise<void> {
  const closing = engine?.close(1000);
  if (closing !== undefined) await clock.pass(1000);
  await closing;
  engine = undefined;
  await world.close();
}

/** Reads through the real client and its budget, from a marketplace that counts requests in fixed windows (Agrenting API reference, 13.1). */
function limitedReader(pages: number): { reader: Pick<Marketplace, 'readHiring'>; leastLeft: () => number } {
  let windowEndsAtMs = 0;
  let left = 0;
  let leastLeft = REQUESTS_PER_WINDOW;

  const answer = async (url: URL): Promise<Response> => {
    await clock.sleep(ANSWER_MS, new AbortController().signal);
    if (clock.nowMs() >= windowEndsAtMs) {
      windowEndsAtMs = clock.nowMs() + WINDOW_MS;
      left = REQUESTS_PER_WINDOW;
    }
    left -= 1;
    leastLeft = Math.min(leastLeft, left);
    const headers = {
      'x-ratelimit-limit': String(REQUESTS_PER_WINDOW),
      'x-ratelimit-remaining': String(Math.max(0, left)),
      ...(left < 0 && { 'retry-after': String(Math.ceil((windowEndsAtMs - clock.nowMs()) / 1000)) }),
    };
    if (left < 0) {
      const errors = [{ code: 'RATE_LIMIT_EXCEEDED', message: 'Rate limit exceeded.' }];
      return Response.json({ errors }, { status: 429, headers });
    }
    if (url.pathname.endsWith('/pending')) {
      const page = Number(url.searchParams.get('cursor') ?? '1');
      const pagination = page < pages ? { cursor: String(page + 1), has_more: true } : {};
      // Others than those that are looked for: a page without any is the last one.
      const data = [{ id: someHiring().hiringId, status: 'pending' }];
      return Response.json({ data, errors: [], meta: { pagination } }, { headers });
    }
    const hiringId = hiringIdSchema.parse(url.pathname.split('/').at(-1));
    const read = await world.marketplace.readHiring(AGENT_ID, hiringId);
    if (read.kind !== 'found') {
      const errors = [{ code: 'NOT_FOUND', message: 'Hiring not found' }];
      return Response.json({ data: null, errors }, { status: 404, headers });
    }
    const data = {
      id: hiringId,
      status: read.hiring.status,
      task_description: read.hiring.description,
      price: '10.00',
      task_input: { delivery_mode: 'output' },
    };
    return Response.json({ data, errors: [] }, { headers });
  };

  const base = parseBaseUrl('https://marketplace.test');
  if (base.kind !== 'valid') throw new Error('no base URL');
  const fetch = async (address: string | URL | Request): Promise<Response> =>
    await answer(new URL(address instanceof Request ? address.url : address));
  const client = createRestClient({ baseUrl: base.baseUrl, clock, fetch });
  const reader = createMarketplace({
    client,
    agents: [{ agentId: AGENT_ID, key: new Secret('key-of-the-agent') }],
  });
  return { reader, leastLeft: () => leastLeft };
}

interface Flood {
  readonly bogus: number;
  /** Between the webhooks and the moment when a list shows the rightful hiring. */
  readonly afterMs: number;
  /** Of the pending list, which each doubt is looked up in. */
  readonly pages: number;
  /** The rightful hiring was told by a webhook, too, in the middle of the bogus ones. */
  readonly announced: boolean;
}

/** How long a listed hiring took to its worker after that, and the fewest requests that were left to everything else. */
async function flooded({ bogus, afterMs, pages, announced }: Flood) {
  const { reader, leastLeft } = limitedReader(pages);
  const readHiring: Marketplace['readHiring'] = async (...which) => await reader.readHiring(...which);
  const marketplace = new Proxy(world.marketplace, {
    get: (target, name): unknown => (name === 'readHiring' ? readHiring : Reflect.get(target, name)),
  });
  engine = startEngine({ ports: { ...world.ports, clock, marketplace }, settings: world.settings });
  const rightful = someHiring();
  for (let count = 0; count < bogus; count += 1) {
    await world.ingest(someHiring(), 'webhook');
    if (announced && count === bogus / 2) await world.ingest(rightful, 'webhook');
  }
  await clock.pass(afterMs);
  world.marketplace.hire(rightful);
  await world.ingest(rightful, 'poll');
  const tookMs = await clock.pass(PATIENCE_MS, async () => world.hiclaw.messages.length > 0);
  return { tookMs, leastLeft: leastLeft() };
}

test.each([
  // What is refilled here meanwhile is not there before the marketplace's window ends.
  { afterMs: 20_000, pages: 1, announced: true, left: 5 },
  { afterMs: 0, pages: 8, announced: true, left: 20 },
])(
  'four hundred webhooks of nothing leave a listed hiring its way, and $left requests to others: listed $afterMs ms later, $pages pages pending',
  async ({ left, ...circumstances }) => {
    const alone = await flooded({ ...circumstances, bogus: 0 });
    await end();
    begin();
    const among = await flooded({ ...circumstances, bogus: BOGUS });
    expect(alone.tookMs).toBeLessThan(PATIENCE_MS);
    expect(among.tookMs - alone.tookMs).toBeLessThanOrEqual(MAX_DELAY_MS);
    expect(among.leastLeft).toBeGreaterThanOrEqual(left);
  },
);
