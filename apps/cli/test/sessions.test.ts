import { describe } from 'vitest';
import { test } from './cli.ts';

describe.concurrent('sessions', () => {
  test('says of each agent whether a process keeps its MCP session', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    await evening.run(['doctor']);
    const before = await evening.run(['sessions', '--json']);
    expect(before.exitCode, before.output).toBe(0);
    expect(JSON.parse(before.output)).toMatchObject({ sessions: [{ worker: 'alice', held: false }] });
    const app = evening.begin(['up', '--apps', 'mcp-client']);
    await app.printed('MCP session subscribed');
    expect((await evening.run(['sessions'])).output).toMatch(/alice +kept by a process/);
    await app.stop();
  });
});
