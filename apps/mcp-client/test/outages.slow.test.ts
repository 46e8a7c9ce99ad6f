import type { FaultInput } from '@agrenting-hiclaw/sandbox/marketplace';
import { until, type App, type Box } from '@agrenting-hiclaw/sandbox/testing';
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
function arrivals(box: Box<App>, hiringId: string): string[] {
  return box.marketplace.requests
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
    async ([operation, end], { openBox, expect }) => {
      const workers = ANSWERS.map((_, index) => ({ name: `worker-${index}` }));
      const box = await openBox({ workers });
      await box.startApp();
      await box.listening();
      const hires = ANSWERS.map((answer, index) => {
        const name = `worker-${index}`;
        if (operation === 'failure') box.hiclaw.worker(name).behave({ kind: 'fail' });
        const agentId = box.agents[index]?.id;
        box.marketplace.faults.add({ ...answer, operation, agentId, times: ALWAYS });
        return { what: `${answer.kind} ${answer.status ?? ''}`, id: box.hire(name).id };
      });
      const over = ({ id }: { readonly id: string }): boolean =>
        box.marketplace.hirings.get(id)?.status === end || arrivals(box, id).length >= TRIES;
      await until(() => hires.every(over), 90_000);
      box.marketplace.faults.clear();
      for (const { what, id } of hires) {
        const hiring = await box.ended(id, end);
        expect([what, hiring.status, box.settlements(id)]).toEqual([what, end, [operation]]);
      }
      const seen = await (await fetch(`${box.healthUrls()[0]}/metrics`)).text();
      expect(seen).toContain('agrenting_hiclaw_transitions_total{to="settling"}');
      expect(seen).not.toContain('agrenting_hiclaw_transitions_total{to="attention"}');
    },
  );
});
