import { agentIdSchema, hiringIdSchema, Secret, type Hiring } from '@agrenting-hiclaw/core/domain';
import { describe, expect, test } from 'vitest';
import { displayTitle } from './display-title.ts';

const TOKEN = 'ghp_a-token-of-the-hirer';

function recordOf(description: string): Parameters<typeof displayTitle>[0] {
  const hiring: Hiring = {
    hiringId: hiringIdSchema.parse('53d7764f-143a-499d-9dc0-f6d3129aae11'),
    agentId: agentIdSchema.parse('0e8836f1-38d6-414f-ae56-742d67a2175f'),
    status: 'pending',
    marker: { traceAttempt: undefined, dispatchId: undefined },
    description,
    deliveryMode: 'output',
    deliveryStated: true,
    repoToken: new Secret(TOKEN),
    extras: {},
    problems: [],
  };
  return { attempt: undefined, received: { intake: 'mcp', hiring, atMs: 0 } };
}

describe('the title of a hiring for people', () => {
  test.each([
    ['Fix #482 in /etc/hosts & <nav>', 'Fix #482 in /etc/hosts & <nav>'],
    ['#482 fails on https://example.com/a?b=c', '#482 fails on https://example.com/a?b=c'],
    ['\n  \n# Write a haiku\nabout the sea', 'Write a haiku'],
    ['---\n**Translate** this', '**Translate** this'],
    ['**Translate this**', 'Translate this'],
    ['> Summarise\tthe   page', 'Summarise the page'],
    ['- 3 logos', '3 logos'],
    ['日本語で書いてください 👩‍👩‍👧', '日本語で書いてください 👩‍👩‍👧'],
    ['abc\u202Edcba\u200B!', 'abcdcba!'],
    ['\u001B]0;evil\u0007title', ']0;eviltitle'],
    [`Clone with ${TOKEN} now`, 'Clone with [redacted] now'],
    ['', ''],
    ['***', ''],
  ])('of %j is %j', (description, title) => {
    expect(displayTitle(recordOf(description))).toBe(title);
  });

  test('is cut between letters', () => {
    const family = '👩‍👩‍👧';
    expect(displayTitle(recordOf(`a${family.repeat(200)}`))).toMatch(/^a(?:👩‍👩‍👧)+…$/u);
    expect(displayTitle(recordOf('word '.repeat(100)))).toBe(`${'word '.repeat(16).slice(0, 79).trimEnd()}…`);
  });

  test.each(['a', '#', '\n', '**'])('is short and quick for a million times %j', (text) => {
    expect(displayTitle(recordOf(text.repeat(1_000_000))).length).toBeLessThanOrEqual(80);
  });
});
