import { describe } from 'vitest';
import { z } from 'zod';
import { type Evening, test } from './cli.ts';

const audit = z.object({
  audit: z.array(
    z.object({
      who: z.string(),
      role: z.string(),
      action: z.string(),
      subject: z.string(),
      outcome: z.string(),
    }),
  ),
});

async function audited(evening: Evening) {
  const { output } = await evening.run(['audit', '--json']);
  return audit.parse(JSON.parse(output)).audit;
}

describe('a command that changes something', () => {
  test('is in the audit log, refused or done, with who ran it', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    // Makes the store, as the adapter does when it runs.
    await evening.run(['doctor']);
    await evening.run(['workers', 'restart', 'alice', '--yes']);
    await evening.run(['agents', 'pause', 'zoe', '--yes']);
    await evening.run(['hirings', 'message', 'unknown-hiring', '--to', 'worker', '--text', 'Hello']);
    await evening.run(['retention', 'sweep', '--dry-run']);
    await evening.run(['workers', 'list']);
    const by = { who: 'tester', role: 'shell' };
    expect(await audited(evening)).toEqual([
      { ...by, action: 'hirings message', subject: 'unknown-hiring', outcome: 'exit 2' },
      { ...by, action: 'agents pause', subject: 'zoe', outcome: 'exit 2' },
      { ...by, action: 'workers restart', subject: 'alice', outcome: 'exit 0' },
    ]);
  });

  test.for([
    ['agents', 'pause', 'alice'],
    ['workers', 'stop', 'alice'],
    ['workers', 'restart', 'alice'],
    ['retention', 'sweep'],
    ['restore', 'copy'],
  ])('and stops work or loses data is not run unasked: %s %s', async (words, { openEvening, expect }) => {
    const evening = await openEvening();
    await evening.init();
    expect(await evening.run(words)).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('there is no terminal to ask for confirmation\n  Pass --yes'),
    });
  });
});
