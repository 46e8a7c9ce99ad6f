import { REASON_CODES, Secret, judgeResult, type WorkerResult } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { holdReasonOf } from './hold-reason.ts';

const task = {
  description: 'Write a note about escrow for people who buy work.',
  repoToken: new Secret('ghp_canary-token-of-a-hirer'),
};

async function heldWith(text: string): Promise<string> {
  const result: WorkerResult = { text, summary: '', files: [], notes: [] };
  const gate = await judgeResult(result, task);
  return gate.kind === 'held' ? `the result is held: ${gate.why}` : 'it passes';
}

test.for([
  ['', 'empty'],
  ['Use ghp_canary-token-of-a-hirer for it. It is a long answer.', 'credential'],
  ['Task completed successfully.', 'placeholder'],
  [task.description, 'echo'],
] as const)('what the gate says of %j is %s', async ([text, reason]) => {
  expect(holdReasonOf({ why: await heldWith(text) })).toBe(reason);
});

test.for([
  [
    'the result is held: it holds no change.patch or change.bundle, so there is nothing to push',
    'nothing_to_push',
  ],
  ['the result is held: report.zip is larger than 1000 bytes, and would be left out', 'too_large'],
  ['the result is held: notes.md seems to hold a private key', 'credential'],
  ['the result is held: result.md is not readable', 'unclear'],
  ['the result waits for your yes', 'approval'],
  ['the marketplace refused the result', undefined],
] as const)('%s: %s', ([why, reason]) => {
  expect(holdReasonOf({ why })).toBe(reason);
});

test.for(REASON_CODES)('a hold with the code %s is counted by it, whatever is said of it', (code) => {
  const reason = { code, names: [], reported: [] };
  expect(holdReasonOf({ reason, why: 'the result is held: in other words' })).toBe(code);
});
