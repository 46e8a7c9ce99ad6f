import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseDocumentForm } from './document-form.ts';

const ID = '0b7e1d2c-3f4a-4b5c-8d6e-7f8091a2b3c4';

/** One item of the pending list, with every field that a source names. */
const item = {
  id: ID,
  status: 'in_progress',
  task_description: 'Write a haiku',
  capability_requested: 'writing',
  price: '12.50',
  task_input: { delivery_mode: 'output', style: 'dry', nested: { api_key: 'canary', tone: 'calm' } },
  client_message: null,
  deadline_at: '2026-11-24T12:00:00Z',
  created_at: '2026-11-23T10:00:00Z',
  dispatch_id: '5d1c0000-0000-4000-8000-000000000000',
  trace_attempt: 2,
};

const repository = { repo_url: 'https://github.com/acme/ui-kit', repo_access_token: 'ghp_canary' };

function hiringOf(document: unknown) {
  const parsed = parseDocumentForm(document);
  if (parsed.kind !== 'hiring') throw new Error(parsed.problem);
  return parsed.hiring;
}

describe('document form', () => {
  test('reads an item of the pending list', () => {
    expect(hiringOf(item)).toEqual({
      hiringId: ID,
      agentId: undefined,
      status: 'in_progress',
      final: undefined,
      marker: { traceAttempt: 2, dispatchId: '5d1c0000-0000-4000-8000-000000000000' },
      workerMatrixId: undefined,
      description: 'Write a haiku',
      capability: 'writing',
      price: '12.50',
      deliveryMode: 'output',
      deliveryStated: true,
      repoUrl: undefined,
      repoToken: undefined,
      clientMessage: undefined,
      customerId: undefined,
      deadlineAtMs: Date.parse('2026-11-24T12:00:00Z'),
      createdAtMs: Date.parse('2026-11-23T10:00:00Z'),
      extras: { style: 'dry', nested: { tone: 'calm' } },
      problems: [],
    });
  });

  test('takes all of a day that is the deadline alone', () => {
    const { deadlineAtMs, createdAtMs } = hiringOf({
      ...item,
      deadline_at: '2026-11-24',
      created_at: '2026-11-23',
    });
    expect(deadlineAtMs).toBe(Date.parse('2026-11-25T00:00:00Z'));
    expect(createdAtMs).toBe(Date.parse('2026-11-23T00:00:00Z'));
  });

  test('reads the REST detail, wrapped or not, with the agent inside', () => {
    const detail = {
      hiring_id: ID,
      status: 'running',
      final: false,
      capability: 'writing',
      delivery_mode: 'push',
      repo_url: 'https://github.com/acme/ui-kit',
      agent: { id: '4816CD2A-e54a-4e6b-8fa1-61d360cccf8f', metadata: { worker_matrix_id: '@a:b' } },
    };
    const expected = {
      agentId: '4816cd2a-e54a-4e6b-8fa1-61d360cccf8f',
      status: 'running',
      final: false,
      capability: 'writing',
      deliveryMode: 'push',
      repoUrl: 'https://github.com/acme/ui-kit',
      workerMatrixId: '@a:b',
    };
    expect(hiringOf(detail)).toMatchObject(expected);
    expect(hiringOf({ hiring: detail })).toMatchObject(expected);
  });

  test.each([
    [{ delivery_mode: 'output' }, {}, 'output'],
    [{ delivery_mode: 'push' }, {}, 'push'],
    [{}, { delivery_mode: 'push' }, 'push'],
    [{}, {}, 'output'],
    [{ repo_access_token: 'x' }, {}, 'unclear'],
    [{}, { repo_url: 'https://github.com/a/b' }, 'unclear'],
    [{ delivery_mode: 'teleport' }, {}, 'unclear'],
  ])('task_input %j and top level %j deliver as %s', (taskInput, top, mode) => {
    expect(hiringOf({ id: ID, status: 'paid', task_input: taskInput, ...top }).deliveryMode).toBe(mode);
  });

  test.each([
    ['at the top', repository, {}],
    ['in task_input', {}, repository],
    ['in both', repository, repository],
  ])('reads a coding item with its repository %s, and what the hirer says', (_place, top, taskInput) => {
    const coding = { ...item, ...top, client_message: 'Keep it accessible.' };
    const hiring = hiringOf({ ...coding, task_input: { delivery_mode: 'push', ...taskInput } });
    expect(hiring).toMatchObject({
      description: 'Write a haiku',
      clientMessage: 'Keep it accessible.',
      deliveryMode: 'push',
      repoUrl: repository.repo_url,
      extras: {},
      problems: [],
    });
    expect(hiring.repoToken?.reveal()).toBe(repository.repo_access_token);
  });

  test.each([
    ['Canceled', 'cancelled'],
    ['CANCELLED', 'cancelled'],
    ['COMPLETED', 'completed'],
    ['In-Progress', 'in_progress'],
    ['in progress ', 'in_progress'],
    ['inProgress', 'in_progress'],
    ['Expired', 'expired'],
    ['Revision Requested', 'Revision Requested'],
  ])('reads the status %j as %s', (written, status) => {
    expect(hiringOf({ id: ID, status: written }).status).toBe(status);
  });

  test('never shows a repository token', () => {
    const { repoToken, ...hiring } = hiringOf({
      id: ID,
      status: 'paid',
      task_input: { repo_access_token: 'ghp_canary', other_token: 'ghp_canary' },
    });
    expect(repoToken?.reveal()).toBe('ghp_canary');
    const printed = [
      JSON.stringify({ repoToken, hiring }),
      inspect({ repoToken, hiring }, { depth: 9 }),
      String(repoToken),
    ];
    expect(printed.filter((text) => text.includes('canary'))).toEqual([]);
  });

  test.each([
    ['https://x-access-token:ghp_canary@github.com/acme/ui-kit', 'https://github.com/acme/ui-kit'],
    ['https://ghp_canary@github.com/acme/ui-kit', 'https://github.com/acme/ui-kit'],
    ['https://github.com/acme/@scope/ui-kit', 'https://github.com/acme/@scope/ui-kit'],
  ])('keeps no credential of the repository address %s', (address, kept) => {
    expect(hiringOf({ id: ID, status: 'paid', repo_url: address }).repoUrl).toBe(kept);
  });

  test('keeps the id of a document that has no status', () => {
    expect(parseDocumentForm({ id: ID })).toEqual({
      kind: 'malformed',
      hiringId: ID,
      problem: 'status is missing',
    });
  });

  test('bounds what a hirer nests', () => {
    const deep = JSON.parse('{"a":'.repeat(500) + '1' + '}'.repeat(500)) as unknown;
    expect(
      JSON.stringify(hiringOf({ id: ID, status: 'paid', task_input: { deep } }).extras).length,
    ).toBeLessThan(200);
  });
});
