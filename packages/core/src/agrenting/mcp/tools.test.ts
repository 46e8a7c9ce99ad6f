import { expect, test } from 'vitest';
import { hiringIdSchema } from '../../domain/index.ts';
import { offeredTools, promptText, toolCall, toolOutcome, type ToolUse } from './tools.ts';

const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
const OUTPUT = { text: 'Grey waves', summary: 'A haiku' };

function tool(name: string, properties: Record<string, unknown>) {
  return { name, inputSchema: { type: 'object', properties } };
}

function callOf(use: ToolUse, ...tools: readonly object[]) {
  return toolCall(use, offeredTools({ tools }))?.arguments;
}

const text = { type: 'string' };
const RESULT = { kind: 'result', hiringId, output: OUTPUT } as const;

test.each([
  ['text, as every documented example has it', { hiring_id: text, output: text }, { output: 'Grey waves' }],
  [
    'an object where one is taken',
    { hiring_id: text, output: { type: ['string', 'object'] } },
    { output: OUTPUT },
  ],
  ['under another name', { hiring_id: text, result: { type: 'object' } }, { result: OUTPUT }],
  ['under a third', { hiring_id: text, task_output: text }, { task_output: 'Grey waves' }],
  ['where the schema says nothing', {}, { output: 'Grey waves' }],
])('a result goes as %s', (_how, properties, expected) => {
  expect(callOf(RESULT, tool('submit_hiring_result', properties))).toEqual({
    hiring_id: hiringId,
    ...expected,
  });
});

test.each([
  [
    'reason and error',
    { hiring_id: text, reason: text, error: text },
    { reason: 'timeout', error: 'Too late.' },
  ],
  ['reason alone', { hiring_id: text, reason: text }, { reason: 'Too late.' }],
  ['another name', { hiring_id: text, error_message: text }, { error_message: 'Too late.' }],
])('a failure goes with %s', (_how, properties, expected) => {
  const use = { kind: 'failure', hiringId, error: 'Too late.', reason: 'timeout' } as const;
  expect(callOf(use, tool('report_hiring_failure', properties))).toEqual({
    hiring_id: hiringId,
    ...expected,
  });
});

test('a message and a piece of the stream go under the names that are offered', () => {
  const message = { kind: 'message', hiringId, content: 'Hello' } as const;
  expect(callOf(message, tool('add_hiring_message', { hiring_id: text, message: text }))).toEqual({
    hiring_id: hiringId,
    message: 'Hello',
  });
  const chunk = { kind: 'chunk', hiringId, content: 'half' } as const;
  expect(callOf(chunk, tool('task_emit_chunk', { task_id: text, content: text, kind: text }))).toEqual({
    task_id: hiringId,
    content: 'half',
    kind: 'progress',
  });
});

test.each(['ask_hiring_question', 'add_hiring_question', 'create_question'])(
  'asks the hirer by %s',
  (name) => {
    const use = { kind: 'question', hiringId, content: 'Which sea?' } as const;
    expect(callOf(use, tool(name, { hiring_id: text, question: text }))).toMatchObject({
      question: 'Which sea?',
    });
  },
);

test('does not take the tool with which hirers answer for one to ask', () => {
  const use = { kind: 'question', hiringId, content: 'Which sea?' } as const;
  expect(callOf(use, tool('answer_hiring_question', {}), tool('add_hiring_message', {}))).toBeUndefined();
});

test('a tool that is not offered, or a list that cannot be read, is none', () => {
  expect(callOf(RESULT, tool('add_hiring_message', {}))).toBeUndefined();
  expect(offeredTools({ tools: 'none' })).toEqual([]);
  expect(offeredTools(undefined)).toEqual([]);
  expect(offeredTools({ tools: [{ name: 7 }, { name: 'a', inputSchema: 'odd' }] })).toHaveLength(1);
});

test('tells done from refused', () => {
  expect(toolOutcome({ content: [{ type: 'text', text: 'ok' }] })).toEqual({ kind: 'done' });
  expect(toolOutcome({ isError: true, content: [{ type: 'text', text: 'already completed' }] })).toEqual({
    kind: 'refused',
    problem: expect.stringContaining('already completed'),
  });
});

test('reads a prompt in its forms', () => {
  const message = (content: unknown) => ({ role: 'user', content });
  expect(
    promptText({ messages: [message({ type: 'text', text: 'Be polite.' }), message('And quick.')] }),
  ).toBe('Be polite.\n\nAnd quick.');
  expect(promptText({ messages: [] })).toBeUndefined();
  expect(promptText('odd')).toBeUndefined();
});
