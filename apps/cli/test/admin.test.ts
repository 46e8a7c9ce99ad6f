import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { test } from './cli.ts';

describe.concurrent('tokens of the operator’s API', () => {
  test('are shown once, kept as a hash, replaced by name and taken out', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.init();
    const make = async (...more: string[]) =>
      await evening.run(['admin', 'token', '--name', 'olga', '--json', ...more]);
    const first = await make('--role', 'viewer');
    const second = await make('--role', 'operator');
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    const token = /"token": "([\w-]{43})"/.exec(second.output)?.[1] ?? '';
    const kept = await readFile(evening.config, 'utf8');
    expect(kept).not.toContain(token);
    expect(kept).toContain(`sha256:${createHash('sha256').update(token).digest('hex')}`);
    expect(kept.match(/sha256:/g)).toHaveLength(1);
    expect(await make('--revoke')).toMatchObject({ exitCode: 0 });
    expect(await readFile(evening.config, 'utf8')).not.toContain('sha256:');
    expect(await make('--role', 'owner')).toMatchObject({ exitCode: 2 });
    expect(await make('--revoke')).toMatchObject({ exitCode: 1 });
  });
});
