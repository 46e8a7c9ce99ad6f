import { createServer, type Server } from 'node:http';
import {
  FRESH_PROGRESS,
  taskIdOf,
  type HiringAlertKind,
  type HiringRecord,
  type LoggedTransition,
  type NewAlert,
} from '@agrenting-hiclaw/core/domain';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleReasons } from '../../core/src/domain/testing/attention-reasons.ts';
import { canaryHiring, outsideQuotes } from '../../core/src/domain/testing/canary.ts';
import { SAMPLE_TRANSITION } from '../test/sample-transition.ts';
import { createMatrixSink } from './matrix-sink.ts';
import type { Sink } from './sink.ts';
import { SINK_KINDS } from './sinks.ts';
import { createWebhookSink } from './webhook-sink.ts';
import { hiringAlert } from './alert-text.ts';

const CANARY = 'canary" <https://canary.example> «» \u202e\n✓ canary';
const { hiringId: HIRING, agentId: AGENT } = SAMPLE_TRANSITION;

/** Every kind of alert about a hiring, with the moves that are told as one. */
const KINDS: Readonly<Record<HiringAlertKind, readonly Partial<LoggedTransition>[]>> = {
  attention: [
    { to: 'attention', event: 'operator_required' },
    { from: 'settling', to: 'settling', event: 'settlement_delayed' },
  ],
  disputed: [
    { to: 'cancelled', event: 'over_disputed' },
    { from: 'completed', to: 'completed', event: 'dispute_opened' },
    { from: 'completed', to: 'completed', event: 'dispute_resolved' },
    { from: 'completed', to: 'completed', event: 'payment_reversed' },
  ],
  paid: [
    { to: 'completed', event: 'result_settled' },
    { to: 'completed', event: 'over_completed' },
    { from: 'failed', to: 'failed', event: 'payment_released' },
  ],
  failed: [
    { to: 'failed', event: 'failure_settled' },
    { to: 'failed', event: 'over_failed' },
    { to: 'cancelled', event: 'over_cancelled' },
  ],
};

/** All alerts that can be told of hirings, with strangers' words wherever there may be any. */
function* alerts(): Generator<NewAlert> {
  for (const [kind, transitions] of Object.entries(KINDS)) {
    if (!isKind(kind)) throw new Error(`${kind} is no kind`);
    for (const transition of transitions) {
      for (const reason of Object.values(sampleReasons(() => CANARY))) {
        const transitioned = { ...SAMPLE_TRANSITION, ...transition, cause: CANARY, reason: reason.code };
        yield hiringAlert(kind, transitioned, undefined);
        yield hiringAlert(kind, transitioned, recordOf({ reason, quote: CANARY }));
      }
    }
  }
}

const isKind = (kind: string): kind is HiringAlertKind => Object.hasOwn(KINDS, kind);

type Attention = Omit<NonNullable<HiringRecord['attention']>, 'from'>;

function recordOf(attention: Attention): HiringRecord {
  const hiring = canaryHiring(() => CANARY);
  return {
    hiringId: HIRING,
    agentId: AGENT,
    state: 'attention',
    receivedAtMs: 0,
    received: { intake: 'mcp', hiring, atMs: 0 },
    rereadWanted: false,
    lastFailure: { count: 2, sinceMs: 0, waitMs: 1, reason: { code: 'folder_unread', problem: CANARY } },
    attempt: {
      number: 1,
      marker: hiring.marker,
      taskId: taskIdOf(HIRING, 1, '0'.repeat(24)),
      hiring,
      openedAtMs: 0,
      progress: {
        ...FRESH_PROGRESS,
        verdict: { kind: 'failure', failure: { reason: 'other', text: CANARY } },
        attention: { ...attention, from: 'acknowledged' },
      },
    },
  };
}

test('no alert about a hiring holds a word of a stranger', () => {
  const found = [...alerts()];
  expect(found.length).toBeGreaterThan(500);
  const said = new Set(found.map((alert) => JSON.stringify(alert)));
  expect([...said].filter((alert) => /canary/i.test(alert))).toEqual([]);
});

let server: Server;
let url: string;
const sent: string[] = [];
beforeEach(async () => {
  sent.length = 0;
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      sent.push(decodeURIComponent(request.url ?? ''), Buffer.concat(parts).toString());
      response.writeHead(403, { 'content-type': 'application/json', location: 'https://canary.example' });
      response.end(JSON.stringify({ errcode: CANARY, error: CANARY }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

/** Settings that no alert depends on. */
const UNUSED = { keepRoomsHours: 1, messagesPerMinute: 1 };

/** Every place that alerts are sent to. */
const SINKS: Readonly<Record<string, () => Promise<Sink>>> = {
  matrix: async () => {
    const { Secret } = await import('@agrenting-hiclaw/core/domain');
    const account = { homeserverUrl: url, userId: '@a:local.example', accessToken: new Secret('token') };
    return await createMatrixSink(
      { ...account, rooms: 'auto', watchers: [], ...UNUSED },
      '!room:local.example',
    );
  },
  webhook: async () => await Promise.resolve(createWebhookSink({ url, clock: systemClock })),
};

test.each(SINK_KINDS)(
  'what is sent to the sink is ours, and what it answers is quoted: $name',
  async ({ name }) => {
    const sink = await SINKS[name]?.();
    if (sink === undefined) throw new Error(`write how to create the sink ${name}`);
    const alert = hiringAlert('attention', { ...SAMPLE_TRANSITION, cause: CANARY }, undefined);
    const delivery = await sink.send(alert, new AbortController().signal);
    sink.close();
    expect(delivery.kind).toBe('refused');
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.join('\n')).not.toMatch(/canary/i);
    const problem = 'problem' in delivery ? delivery.problem : '';
    expect(outsideQuotes(problem)).not.toMatch(/canary/i);
  },
);
