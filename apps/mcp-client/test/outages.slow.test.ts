import type { FaultInput } from '@agrenting-hiclaw/sandbox/marketplace';
import { until, type App, type Environment } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { test } from './environment.ts';

type Answer = Omit<FaultInput, 'operation' | 'agentId' | 'times'>;

/** Responses that replace the marketplace's own during an outage of it, or of a proxy in front of it. */
const ANSWERS: readonly Answer[] = [
  { kind: 'error_before_apply', status: 500 },
  { kind: 'error_recorded', status: 500 },
  { kind: 'page_before_apply', status: 502 },
  { kind: 'error_before_apply', status: 503 },
  { kind: 'page_before_apply', status: 504 },
  { kind: 'rate_limit', seconds: 1 },
  { kind: 'connection_lost_before_apply' },
  { kind: 'silence_before_apply', seconds: 0.5 },
  { kind: 'empty_before_apply', status: 204 },
  { kind: 'empty_before_apply', status: 200 },
  { kind: 'page_before_apply', status: 200 },
  { kind: 'page_before_apply', status: 400 },
  { kind: 'page_before_apply', status: 404 },
  { kind: 'json_before_apply', status: 200 },
  { kind: 'redirect_before_apply', status: 302 },
  { kind: 'route_missing', status: 404 },
  { kind: 'error_after_apply', status: 500 },
  { kind: 'connection_lost_after_apply' },
  { kind: 'empty_answer' },
  { kind: 'html_answer' },
];

/** As often as it may strike before it is taken away. */
const ALWAYS = 1_000_000;
/** Tries of a settlement that are answered so. */
const TRIES = 3;

/** What arrived for a hiring's settlement. */
function arrivals(env: Environment<App>, hiringId: string): string[] {
  return env.marketplace.requests
    .list({ hiringId })
    .filter(({ operation }) => operation === 'result' || operation === 'failure')
    .map(({ via }) => via);
}

describe.concurrent('while settlements are not answered as they should be', () => {
  test.for([
    ['result', 'completed'],
    ['failure', 'failed'],
  ] as const)(
    'nobody is needed: each %s is taken once, when the marketplace is well again',
    { timeout: 180_000 },
    async ([operation, end], { openEnvironment, expect }) => {
      const workers = ANSWERS.map((_, index) => ({ name: `worker-${index}` }));
      const env = await openEnvironment({ workers });
      await env.startApp();
      await env.listening();
      const hires = ANSWERS.map((answer, index) => {
        const name = `worker-${index}`;
        if (operation === 'failure') env.hiclaw.worker(name).behave({ kind: 'fail' });
        const agentId = env.agents[index]?.id;
        env.marketplace.faults.add({ ...answer, operation, agentId, times: ALWAYS });
        return { what: `${answer.kind} ${answer.status ?? ''}`, id: env.hire(name).id };
      });
      const over = ({ id }: { readonly id: string }): boolean =>
        env.marketplace.hirings.get(id)?.status === end || arrivals(env, id).length >= TRIES;
      await until(() => hires.every(over), 90_000);
      env.marketplace.faults.clear();
      for (const { what, id } of hires) {
        const hiring = await env.ended(id, end);
        expect([what, hiring.status, env.settlements(id)]).toEqual([what, end, [operation]]);
      }
      const seen = await (await fetch(`${env.healthUrls()[0]}/metrics`)).text();
      expect(seen).toContain('agrenting_hiclaw_transitions_total{to="settling"}');
      expect(seen).not.toContain('agrenting_hiclaw_transitions_total{to="attention"}');
    },
  );
});
