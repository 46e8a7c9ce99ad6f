import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseWebhookForm } from './webhook-form.ts';

const pageBody = readFileSync(new URL('fixtures/page-webhook-body.json', import.meta.url), 'utf8');

function hiringOf(document: unknown) {
  const parsed = parseWebhookForm(document);
  if (parsed.kind !== 'hiring') throw new Error(parsed.problem);
  return parsed.hiring;
}

describe('webhook form', () => {
  test("reads the page's example body", () => {
    const { repoToken, ...hiring } = hiringOf(JSON.parse(pageBody));
    expect(repoToken?.reveal()).toBe('<token>');
    expect(hiring).toEqual({
      hiringId: '550e8400-e29b-41d4-a716-446655440000',
      agentId: '4816cd2a-e54a-4e6b-8fa1-61d360cccf8f',
      status: 'in_progress',
      marker: {},
      workerMatrixId: '@qwen36plus:h.llmotions.com',
      description: 'Implement a dark-mode toggle in React',
      capability: 'coding',
      price: '25.00',
      deliveryMode: 'unclear',
      deliveryStated: false,
      repoUrl: 'https://github.com/acme/ui-kit',
      clientMessage: 'Please keep it accessible.',
      customerId: 'f9e8d7c6-b5a4-3210-fedc-ba9876543210',
      deadlineAtMs: Date.parse('2026-04-17T12:00:00Z'),
      createdAtMs: Date.parse('2026-04-16T10:00:00Z'),
      extras: {},
      problems: [],
    });
  });

  test('keeps a hiring of which only the id is there', () => {
    const hiring = hiringOf({ hiring_id: '550E8400-E29B-41D4-A716-446655440000' });
    expect(hiring.hiringId).toBe('550e8400-e29b-41d4-a716-446655440000');
    expect(hiring).toMatchObject({ description: '', deliveryMode: 'output', problems: [] });
  });

  test('names fields that it could not use, without their values', () => {
    const hiring = hiringOf({
      hiring_id: '550e8400-e29b-41d4-a716-446655440000',
      price: { amount: 5 },
      deadline_at: 'tomorrow-ish',
      task: 'just text',
    });
    expect(hiring.problems).toEqual([
      'task: expected an object, got a string',
      'price: expected text, got an object',
      'deadline_at: expected an ISO-8601 time, got a string',
    ]);
  });

  test.each([
    ['the manual test of the page', { hiring_id: 'test' }],
    ['a path', { hiring_id: '../../agents/x/openclaw.json' }],
    ['an encoded path', { hiring_id: '%2e%2e%2f50e8400-e29b-41d4-a716-446655440000' }],
    ['look-alikes', { hiring_id: '５50e8400-e29b-41d4-a716-446655440000' }],
    ['a line break behind a UUID', { hiring_id: '550e8400-e29b-41d4-a716-446655440000\n' }],
    ['nothing', {}],
  ])('refuses %s as an id', (_name, document) => {
    expect(parseWebhookForm(document)).toEqual({
      kind: 'malformed',
      problem: 'hiring_id is missing or not a UUID',
    });
  });

  test.each([[null], ['text'], [[1, 2]], [42]])('refuses %j as a body', (document) => {
    expect(parseWebhookForm(document).kind).toBe('malformed');
  });
});
