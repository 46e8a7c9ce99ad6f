import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  hiringIdSchema,
  type Claim,
  type Event,
  type State,
  type StepCommit,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import { openStore } from '../src/sqlite/store.ts';
import { deliveryOf, KEY, openingOf, SEND_RATE, settlementOf } from './fixtures.ts';

/**
 * A process on a store, for tests that end processes in the midst of their work. Says on standard output
 * what it did, a line each, and only once it is on disk.
 *
 * - `open`: opens the store and goes.
 * - `receive`: hears hirings until it is ended.
 * - `work`: takes hirings the whole way until `wanted` of them are completed.
 * - `send`: takes messages out of a budget until it was given `wanted` of them; says when each was.
 */
const [, , mode, file = '', leaseMs = '0', wanted = '0'] = process.argv;

const NEXT: Readonly<Partial<Record<State, Event>>> = {
  confirmed: 'staged',
  staged: 'sent',
  sent: 'acknowledged',
  acknowledged: 'submitted',
  submitted: 'result_accepted',
  settling: 'result_settled',
};

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function stepOf({ record }: Claim): StepCommit {
  if (record.state === 'received') return openingOf(record.hiringId, 1, Date.now());
  const event = NEXT[record.state];
  if (event === undefined) throw new Error(`nothing follows ${record.state}`);
  const step = { event, cause: String(process.pid) };
  if (event === 'result_settled') return step;
  const settlement = event === 'result_accepted' ? { settlement: settlementOf(1) } : {};
  return { ...step, ...settlement, dueAtMs: Date.now() };
}

async function work({ hirings }: Store): Promise<void> {
  for (;;) {
    const nowMs = Date.now();
    const claims = await hirings.claim({
      holder: String(process.pid),
      nowMs,
      leaseMs: Number(leaseMs),
      limit: 3,
    });
    for (const claim of claims) say(await hirings.commit(claim, stepOf(claim), Date.now()));
    const { byState } = await hirings.queueStats(nowMs, 0);
    if (byState.completed === Number(wanted)) return;
    if (claims.length === 0) await sleep(2);
  }
}

async function ingest({ hirings }: Store): Promise<never> {
  for (;;) {
    const ids = Array.from({ length: 7 }, () => hiringIdSchema.parse(randomUUID()));
    await hirings.accept(ids.map((id) => deliveryOf(id)));
    say(ids.join(' '));
  }
}

async function send({ budgets }: Store): Promise<void> {
  for (let given = 0; given < Number(wanted);) {
    const nowMs = Date.now();
    const lane = { name: 'home', ceiling: SEND_RATE };
    const { waitMs } = await budgets.take({ lane, rank: 'other' }, nowMs);
    if (waitMs === 0) {
      say(String(nowMs));
      given += 1;
    }
    // Impatient on purpose: it is the budget that has to say no.
    await sleep(1);
  }
}

const store = openStore({ file, key: KEY });
if (mode === 'work') await work(store);
if (mode === 'send') await send(store);
if (mode === 'receive') await ingest(store);
await store.close();
say('closed');
