import { describe } from 'vitest';
import { test } from './cli.ts';

describe.concurrent('agents update', () => {
  test('changes what hirers see, and says what is no change', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const changed = await evening.run([
      'agents',
      'update',
      'alice',
      '--description',
      'Writes prose',
      '--price',
      '12.50',
      '--capabilities',
      'writing, prose',
      '--status',
      'inactive',
    ]);
    expect(changed.exitCode, changed.output).toBe(0);
    expect(changed.output).toContain('agents pause');
    const [agent] = evening.marketplace.agents();
    expect(agent).toMatchObject({
      description: 'Writes prose',
      capabilities: ['writing', 'prose'],
      status: 'inactive',
    });
    const shown = await evening.run(['agents', 'show', 'alice']);
    expect(shown.output).toMatch(/price +12\.50/);
    const tooMany = Array.from({ length: 101 }, (_, number) => `c${number}`).join(',');
    expect(await evening.run(['agents', 'update', 'alice', '--capabilities', tooMany])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('keeps its capabilities'),
    });
  });
});
