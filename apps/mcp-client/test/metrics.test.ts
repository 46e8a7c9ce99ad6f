import { describe } from 'vitest';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { test } from './environment.ts';

async function samplesOf({ healthUrl }: { readonly healthUrl: string }): Promise<readonly string[]> {
  const text = await (await fetch(`${healthUrl}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith('agrenting_hiclaw_'))
    .map((line) => line.replace('agrenting_hiclaw_', ''));
}

/** The sample without its value, in a form that many digits do not change. */
function labelsOf(sample: string): string {
  return sample.replace(/ \S+$/, '');
}

describe.concurrent('metrics', () => {
  test('follow a hiring along its whole way', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment({ workers: [{ name: 'carol', running: false }] });
    const app = await env.startApp();
    await env.listening();
    const { id } = env.hire('carol');
    await env.ended(id);
    await until(async () => (await samplesOf(app)).includes('transitions_total{to="completed"} 1'));

    const samples = await samplesOf(app);
    expect(samples).toEqual(
      expect.arrayContaining([
        'deliveries_total{intake="mcp",outcome="new"} 1',
        'hirings{state="completed"} 1',
        'overdue_hirings 0',
        'oldest_due_seconds 0',
        'steps_running 0',
        'leases_held{lease="mcp-session"} 1',
        'leases_held{lease="matrix-sync"} 1',
        'mcp_sessions{state="subscribed"} 1',
        'worker_messages_total{purpose="assignment",number="1",outcome="sent"} 1',
        'settlements_total{endpoint="result",way="rest",outcome="accepted"} 1',
        'outside_calls_total{system="storage",call="stage",outcome="staged"} 1',
        'outside_calls_total{system="marketplace",call="settle",outcome="accepted"} 1',
        ...['confirmed', 'staged', 'sent', 'acknowledged', 'submitted', 'settled'].map(
          (reached) => `hiring_reached_seconds_count{reached="${reached}"} 1`,
        ),
        ...['stored', 'staged', 'sent', 'acknowledged', 'submitted'].map(
          (milestone) => `milestones_total{milestone="${milestone}"} 1`,
        ),
      ]),
    );
    const valueOf = (name: string): number =>
      Number(
        samples
          .find((sample) => labelsOf(sample) === name)
          ?.split(' ')
          .at(-1),
      );
    expect(valueOf('worker_starts_total')).toBeGreaterThan(0);
    expect(valueOf('hiring_reads_total{outcome="found",source="rest"}')).toBeGreaterThan(0);
    expect(valueOf('store_commit_seconds_count')).toBeGreaterThan(10);
    expect(valueOf('store_file_bytes{file="store"}')).toBeGreaterThan(0);
    expect(valueOf('matrix_sync_age_seconds')).toBeLessThan(60);
    expect(samples.join('\n')).not.toContain(id);
    expect(samples.join('\n')).not.toContain('carol');
  });

  test('show a worker that is notified again, and a held result', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment({ workers: [{ name: 'alice' }, { name: 'bob' }] });
    const { timing } = env.settings();
    const app = await env.startApp({ timing: { ...Object(timing), silenceSeconds: 1 } });
    await env.listening();
    env.hiclaw.worker('alice').behave({ kind: 'silent' });
    env.hiclaw.worker('bob').behave({ kind: 'placeholder' });
    env.hire('alice');
    env.hire('bob');
    const awaited = [
      'worker_messages_total{purpose="assignment",number="2",outcome="sent"} 1',
      'gate_holds_total{reason="result_placeholder"} 1',
    ];
    await until(async () => {
      const samples = await samplesOf(app);
      return awaited.every((sample) => samples.includes(sample));
    });
    expect(await samplesOf(app)).toEqual(
      expect.arrayContaining(['deliveries_total{intake="mcp",outcome="new"} 2']),
    );
  });
});
