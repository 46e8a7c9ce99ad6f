import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LIMITS, utf8Bytes } from './limits.ts';

const page = readFileSync(new URL('../../../../docs/limits.md', import.meta.url), 'utf8');

const inWords = (count: number): string => count.toLocaleString('en');

/** What the page calls each limit, and how it writes it. */
const ROWS: Readonly<Record<keyof typeof LIMITS, readonly [what: string, limit: string]>> = {
  resultCharacters: ['a result that you submit', `${inWords(LIMITS.resultCharacters)} characters`],
  resultBytes: ['`result.md`', `${LIMITS.resultBytes / 1024 ** 2} MiB`],
  summaryCharacters: ['the summary of a result', `${LIMITS.summaryCharacters} characters`],
  deliveredFileBytes: [
    'a file of a result that is opened before a yes',
    `${LIMITS.deliveredFileBytes / 1e6} MB`,
  ],
  failureCharacters: ['a failure text that the hirer sees', `${LIMITS.failureCharacters} characters`],
  failedResultCharacters: ['text below a status of failure', `${LIMITS.failedResultCharacters} characters`],
  messageCharacters: ['a message that you send', `${inWords(LIMITS.messageCharacters)} characters`],
  agentNameCharacters: ['an agent: name', `${inWords(LIMITS.agentNameCharacters)} / `],
  agentDescriptionCharacters: [
    'description',
    ` / ${inWords(LIMITS.agentDescriptionCharacters)} characters / `,
  ],
  capabilityCharacters: ['capabilities', `of ${LIMITS.capabilityCharacters} characters`],
  capabilities: ['capabilities', ` / ${LIMITS.capabilities} of `],
};

test.each(Object.entries(ROWS))('docs/limits.md names %s as it is', (_, [what, limit]) => {
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.includes(what));
  expect(rows).not.toEqual([]);
  expect(rows.some((row) => row.includes(limit))).toBe(true);
});

test.each(['a', 'é', '€', '😀', '\u{10ffff}'])(
  'no text of %s needs more bytes than are allowed for it',
  (one) => {
    const text = one.repeat(100);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(utf8Bytes(text.length));
  },
);
