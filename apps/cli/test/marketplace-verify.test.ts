import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import { Evening, test } from './cli.ts';

describe('marketplace verify', () => {
  let evening: Evening;
  beforeAll(async () => {
    evening = await Evening.start();
    await evening.settleIn();
    await evening.register();
  });
  afterAll(async () => await evening.close());

  test('reports that each assumption holds, changes no hiring, and records no texts and no keys', async ({
    expect,
  }) => {
    const { marketplace, folder } = evening;
    const words = 'the secret plan of the hirer';
    const { id } = marketplace.hire({
      hirerId: evening.hirerId,
      agentId: marketplace.agents()[0]?.id ?? '',
      taskDescription: words,
      payment: 'async',
    });
    const before = marketplace.hirings.get(id)?.status;
    const record = `${folder}/record.jsonl`;
    const run = await evening.run(['marketplace', 'verify', `--record=${record}`]);
    expect(run).toMatchObject({ exitCode: 0, output: expect.stringContaining('6 of 6 assumptions hold') });
    expect(marketplace.hirings.get(id)?.status).toBe(before);
    const frames = await readFile(record, 'utf8');
    const key = (await readFile(`${folder}/agents/alice.key`, 'utf8')).trim();
    for (const secret of [words, key, evening.hirerId]) expect(frames).not.toContain(secret);
    expect(frames).toContain('"protocolVersion"');
    expect(await evening.mode('record.jsonl')).toBe(0o600);
  });

  test('reports which do not hold, without a record unless asked for', async ({ expect }) => {
    evening.marketplace.faults.add({ operation: 'pending', kind: 'html_answer' });
    const before = await readdir(evening.folder);
    const run = await evening.run(['marketplace', 'verify']);
    expect(run.exitCode).toBe(1);
    expect(run.output).toMatch(/✗ an agent's key is accepted as X-API-Key/);
    expect(run.output).toContain('Run it again with --record');
    expect(await readdir(evening.folder)).toEqual(before);
  });
});
