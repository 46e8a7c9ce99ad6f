import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe } from 'vitest';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { test } from './environment.ts';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

/** The headers of every request that this process makes. */
const requestHeaders: string[] = [];

function noteHeaders(message: unknown): void {
  const { headers, request } = Object(message);
  if (typeof headers === 'string') requestHeaders.push(headers);
  if (request instanceof ClientRequest) requestHeaders.push(JSON.stringify(request.getHeaders()));
}

/** The SDK as set up by a process that starts the app with it. */
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  propagation.setGlobalPropagator({
    inject: (_context, carrier, setter) => setter.set(carrier, 'traceparent', 'of-a-test'),
    extract: (given) => given,
    fields: () => ['traceparent'],
  });
  subscribe('undici:client:sendHeaders', noteHeaders);
  subscribe('http.client.request.start', noteHeaders);
});

afterAll(async () => {
  unsubscribe('undici:client:sendHeaders', noteHeaders);
  unsubscribe('http.client.request.start', noteHeaders);
  propagation.disable();
  trace.disable();
  context.disable();
  await provider.shutdown();
});

const HIRING = 'agrenting_hiclaw.hiring_id';
const EVENT = 'agrenting_hiclaw.event';

function stepsOf(id: string): readonly ReadableSpan[] {
  return exporter
    .getFinishedSpans()
    .filter(({ name, attributes }) => name.startsWith('step ') && attributes[HIRING] === id);
}

function childrenOf(parent: ReadableSpan): readonly ReadableSpan[] {
  return exporter
    .getFinishedSpans()
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent.spanContext().spanId);
}

describe('the spans of a hiring', () => {
  test('are its delivery, its steps each linked to the one before, and the calls of each', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    const { id } = env.hire();
    await env.ended(id);
    await until(() => stepsOf(id).some(({ attributes }) => attributes[EVENT] === 'result_settled'));

    const deliveries = exporter.getFinishedSpans().filter(({ name }) => name === 'intake mcp');
    expect(deliveries.map(({ attributes }) => attributes[HIRING])).toContain(id);

    const steps = stepsOf(id);
    const transitions = steps.flatMap(({ name, attributes }) =>
      attributes[EVENT] === undefined ? [] : [`${name}: ${String(attributes[EVENT])}`],
    );
    expect(transitions).toEqual([
      'step received: confirmed',
      'step confirmed: staged',
      'step staged: sent',
      'step sent: acknowledged',
      'step acknowledged: submitted',
      'step submitted: result_accepted',
      'step settling: result_settled',
    ]);
    expect(steps[0]?.links).toEqual([]);
    expect(steps.slice(1).map(({ links }) => links.map((link) => link.context.spanId))).toEqual(
      steps.slice(0, -1).map((step) => [step.spanContext().spanId]),
    );
    expect(steps.at(-1)?.attributes).toEqual({
      [HIRING]: id,
      [EVENT]: 'result_settled',
      'agrenting_hiclaw.agent_id': env.agents[0]?.id,
      'agrenting_hiclaw.attempt': 1,
      'agrenting_hiclaw.state': 'settling',
    });

    const callsAt = (event: string): readonly string[] =>
      steps
        .filter(({ attributes }) => attributes[EVENT] === event)
        .flatMap((step) => childrenOf(step).map(({ name }) => name));
    expect(callsAt('confirmed')).toEqual(['marketplace read_hiring']);
    expect(callsAt('staged')).toContain('storage stage');
    // A hiring that is heard again meanwhile is read again before.
    const told = callsAt('sent').filter((name) => name !== 'marketplace read_hiring');
    expect(told).toEqual([
      'storage inspect',
      'lifecycle ensure_ready',
      'matrix send',
      'storage note_delegated',
    ]);
    expect(callsAt('result_settled')).toEqual(['marketplace read_hiring', 'marketplace settle']);
  });

  test('contain nothing about its contents, and are sent to no server', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    const { id } = env.hire('alice', 'canary-task: write about escrow.');
    await env.ended(id);
    await until(() => stepsOf(id).some(({ attributes }) => attributes[EVENT] === 'result_settled'));
    const told = JSON.stringify(
      exporter
        .getFinishedSpans()
        .map(({ name, attributes, status, events, links }) => [name, attributes, status, events, links]),
    );
    expect(told).toContain(id);
    const { adapter } = env.hiclaw.homeserver;
    for (const secret of ['canary', 'escrow', adapter.accessToken, env.agents[0]?.apiKey ?? '-', '@alice']) {
      expect(told).not.toContain(secret);
    }
    const sent = requestHeaders.join('\n').toLowerCase();
    expect(sent).toContain('x-idempotency-key');
    expect(sent).toContain('x-amz-date');
    expect(sent).not.toContain('traceparent');
  });
});
