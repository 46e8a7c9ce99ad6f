import { expect, test } from 'vitest';
import { sharedStorageCheck } from './shared-storage-check.ts';

type Rules = Parameters<typeof sharedStorageCheck>[0]['agents'][number]['policy'];

const TWO = [{ name: 'alice' }, { name: 'bob' }];

async function statusOf(all: Rules, own: readonly Rules[], workers = TWO): Promise<string> {
  const policy = { failOverdue: false, maxMessages: 4, ...all };
  const agents = own.map((rules) => ({ policy: rules }));
  return (await sharedStorageCheck({ policy, agents }, workers).look()).status;
}

test('several workers may write over one another’s results, and nothing shows it: a warning', async () => {
  expect(await statusOf({}, [{}])).toBe('warning');
  expect(await statusOf({ approve: 'work' }, [{}])).toBe('warning');
});

test('one agent that is left out of the rules is enough', async () => {
  expect(await statusOf({ resultDigest: 'required' }, [{}, { resultDigest: 'optional' }])).toBe('warning');
});

test.each([
  [{ resultDigest: 'required' }, {}],
  [{ approve: 'results' }, {}],
  [{}, { approve: 'both' }],
] as const)('with the rules %j for all and %j for the agent it is in order', async (policy, own) => {
  expect(await statusOf(policy, [own])).toBe('ok');
});

test('a single worker has no other one beside it', async () => {
  expect(await statusOf({}, [{}], [{ name: 'alice' }])).toBe('ok');
});
