import { describe, expect, it } from 'vitest';
import { hiringIdSchema, taskIdOf } from './ids.ts';
import { blockedLine, completionLine, readWorkerMessage } from './worker-message.ts';

const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
const otherHiringId = hiringIdSchema.parse('11111111-2222-3333-4444-555555555555');
const taskId = taskIdOf(hiringId, 1, '0'.repeat(24));
const ourUserId = '@adapter:matrix-local.hiclaw.io:18080';
const read = (text: string) => readWorkerMessage(text, { ourUserId, taskId });

describe('the lines that a worker is asked for', () => {
  it('are pinned', () => {
    expect(completionLine({ ourUserId, taskId })).toBe(
      '@adapter:matrix-local.hiclaw.io:18080 TASK_COMPLETED: agrenting-550e8400-e29b-41d4-a716-446655440000-a1-000000000000000000000000 - <one-line summary>',
    );
    expect(blockedLine({ ourUserId, taskId })).toBe(
      '@adapter:matrix-local.hiclaw.io:18080 BLOCKED: agrenting-550e8400-e29b-41d4-a716-446655440000-a1-000000000000000000000000 - <what is missing>',
    );
  });

  it('are no statement while they hold our placeholder', () => {
    expect(read(`I will report with ${completionLine({ ourUserId, taskId })}`)).toEqual({ kind: 'other' });
    expect(read(blockedLine({ ourUserId, taskId }))).toEqual({ kind: 'other' });
  });

  it('are understood when filled in', () => {
    const filled = completionLine({ ourUserId, taskId }).replace('<one-line summary>', 'The toggle works.');
    expect(read(filled)).toEqual({ kind: 'completed', summary: 'The toggle works.' });
  });
});

describe('readWorkerMessage', () => {
  it.each([
    ['@adapter:h:1 TASK_COMPLETED: wrote the report', 'wrote the report'],
    [
      'Done!\n\n@adapter:h:1 TASK_COMPLETED: ' + taskId + ' - all good. Result: x/result.md',
      'all good. Result: x/result.md',
    ],
    [`**TASK_COMPLETED:** ${taskId} — done`, 'done'],
    [`TASK_COMPLETED ${taskId}: done`, 'done'],
    [`TASK_COMPLETED: ${hiringId} - done`, `${hiringId} - done`],
    ['TASK_COMPLETED', ''],
    [`TASK_COMPLETED: ${taskId}\n\nThe report is ready.`, 'The report is ready.'],
    [`TASK_COMPLETED: compared with order ${otherHiringId}`, `compared with order ${otherHiringId}`],
    [
      `TASK_COMPLETED: agrenting-${otherHiringId}-a1-000000000000000000000000 - theirs\nTASK_COMPLETED: ${taskId} - ours`,
      'ours',
    ],
    ['```sh\nnpm test\n```\nTASK_COMPLETED: tests pass', 'tests pass'],
  ])('takes %j as completed', (text, summary) => {
    expect(read(text)).toEqual({ kind: 'completed', summary });
  });

  it.each([
    ['another task', `TASK_COMPLETED: ${taskIdOf(otherHiringId, 1, '0'.repeat(24))} - done`],
    ['another attempt of the hiring', `TASK_COMPLETED: ${taskIdOf(hiringId, 2, '0'.repeat(24))} - done`],
    [
      'an attempt whose number begins like ours',
      `TASK_COMPLETED: ${taskIdOf(hiringId, 11, '0'.repeat(24))} - done`,
    ],
    ["the Manager's task", 'TASK_COMPLETED: task-20260101-120000 - done'],
  ])('takes word of %s as no sign of ours', (_what, text) => {
    expect(read(text)).toEqual({ kind: 'other_task' });
  });

  it.each([
    ['another hiring', `TASK_COMPLETED: ${otherHiringId} - done`],
    ['a code block', 'I will say\n```\nTASK_COMPLETED: done\n```\nwhen ready'],
    ['a code block that is not closed', '~~~\nTASK_COMPLETED: done'],
    ['a quotation', '> TASK_COMPLETED: done\nunderstood'],
    ['small letters', 'task_completed: done'],
    ['talk about it', 'I will say TASK_COMPLETED when I am ready'],
    ['part of a word', 'MY_TASK_COMPLETED: x'],
    ['a word in capitals', 'The port is BLOCKED by the firewall, moving on'],
    ['progress', 'Received. Working on it.'],
    ['silence', 'NO_REPLY'],
    ['an error that is told about', 'Fixed it. Error: was a typo'],
    ['nothing', ''],
  ])('takes %s as nothing in particular', (_what, text) => {
    expect(read(text)).toEqual({ kind: 'other' });
  });

  it('tells who is stuck from who asks', () => {
    expect(read(`@adapter:h:1 BLOCKED: ${taskId} - no access to the repository`)).toEqual({
      kind: 'blocked',
      why: 'no access to the repository',
    });
    expect(read('@adapter:h:1 QUESTION: light or dark?')).toEqual({
      kind: 'question',
      what: 'light or dark?',
    });
  });

  it('lets the most final statement of a text count', () => {
    expect(read('BLOCKED: at first, then solved.\nTASK_COMPLETED: solved')).toEqual({
      kind: 'completed',
      summary: 'solved',
    });
  });

  it('recognises the guard that waits for a person, whatever else it says', () => {
    const text =
      'Waiting for approval\n\nTool: execute_shell_command\n```\nrm -f x # TASK_COMPLETED: no\n```';
    expect(read(text)).toEqual({ kind: 'approval_question', text });
  });

  it('recognises the guard of QwenPaw, and nobody who speaks of it', () => {
    const text = '🛡️ **Approval Required**\n\n- Tool: `execute_shell_command`\n- Severity: HIGH';
    expect(read(text)).toEqual({ kind: 'approval_question', text });
    expect(read('It said: Approval Required.')).toEqual({ kind: 'other' });
  });

  it('keeps a question of the guard whole, however long', () => {
    const text = `Waiting for approval\n${'x'.repeat(60_000)}; rm -rf /`;
    expect(read(text)).toEqual({ kind: 'approval_question', text });
  });

  it('takes what a failed model says as an error', () => {
    expect(read("Error: Error code: 400 - {'error': 'bad'}")).toEqual({
      kind: 'error',
      what: "Error: Error code: 400 - {'error': 'bad'}",
    });
  });

  it.each(['\n', '\r', '\r\n', '\u2028', '\u2029', '\u0085'])('ends a line at %j', (end) => {
    expect(read(`first${end}> BLOCKED: quoted${end}PROGRESS: half is done`)).toEqual({
      kind: 'progress',
      what: 'half is done',
    });
    expect(read(`BLOCKED: no access${end}TASK_COMPLETED`)).toMatchObject({ kind: 'completed' });
  });

  it('keeps what is said short', () => {
    const said = read(`TASK_COMPLETED: ${'x'.repeat(5000)}`);
    expect(said.kind === 'completed' && said.summary.length).toBe(500);
  });
});
