import { readWorkerMessage } from '@agrenting-hiclaw/core/domain';
import { describe, expect, it } from 'vitest';
import { taskId } from '../test/world.ts';
import { messageActivity } from './event-activity.ts';

const room = { roomId: '!r:x', userId: '@alice:x' };
const attempt = { ourUserId: '@adapter:x', taskId };

const event = (content: Record<string, unknown>) => ({
  type: 'm.room.message',
  event_id: '$1',
  sender: room.userId,
  origin_server_ts: 1_000,
  content,
});

/** The card of a workflow as AgentTeams' plugin keeps it up to date (HiClaw reference, "Since v1.2.3", 3). */
const card = (body: string, status: string) => ({
  msgtype: 'm.notice',
  body,
  'agentteams.workflow': {
    runId: 'run-1',
    status,
    title: 'Write the report',
    summary: body,
    subagents: [],
    steps: [{ name: 'Read the page', status, summary: body }],
    sharedPath: `shared/tasks/${taskId}`,
  },
});

describe('the card of a workflow', () => {
  it.each([
    ['an error in a step', 'Error: the page did not answer'],
    ['a step that waits', `BLOCKED: ${taskId} - waits for the step before`],
    ['a step that is done', `TASK_COMPLETED: ${taskId} - the first of three steps`],
    ['a question of a guard', 'Waiting for approval: rm -rf build'],
  ])('is work, and says nothing: %s', (_what, body) => {
    const first = card(body, 'running');
    const edit = {
      msgtype: 'm.notice',
      body: `* ${body}`,
      'm.new_content': card(body, 'completed'),
      'm.relates_to': { rel_type: 'm.replace', event_id: '$0' },
    };
    for (const content of [first, edit]) {
      expect(messageActivity(room, event(content))).toEqual({ ...room, kind: 'typing', atMs: 1_000 });
    }
  });

  it('is none where another message has its words', () => {
    expect(messageActivity(room, event({ msgtype: 'm.notice', body: 'agentteams.workflow' }))).toMatchObject({
      kind: 'message',
      text: 'agentteams.workflow',
    });
  });
});

describe('the lines that submit_task and request_attention send', () => {
  const line = (word: string) =>
    `${word}: ${taskId}\n- Worker: alice\n- Status: as said\n- Summary: In short.`;
  it.each([
    ['TASK_COMPLETED', 'completed'],
    ['TASK_BLOCKED', 'blocked'],
    ['TASK_REVISION_NEEDED', 'other'],
    ['TASK_INTERRUPTED', 'other'],
    ['ATTENTION_APPROVAL', 'other'],
    ['ATTENTION_DECISION', 'other'],
    ['ATTENTION_ESCALATION', 'other'],
    ['ATTENTION_OTHER', 'other'],
  ])('%s is %s', (word, kind) => {
    expect(readWorkerMessage(line(word), attempt).kind).toBe(kind);
    expect(readWorkerMessage(`${word}: ${taskId} - which of the two?`, attempt).kind).toBe(kind);
    expect(readWorkerMessage(`@leader:x ${line(word)}`, attempt).kind).toBe(kind);
  });
});

describe('a message with the blocks of a run', () => {
  const done = `@adapter:x TASK_COMPLETED: ${taskId} - the report`;
  const body = `Thinking: I end with\n@adapter:x BLOCKED: ${taskId} - or so\n${done}`;
  const sent = (run: unknown, more: Record<string, unknown> = {}) =>
    messageActivity(room, event({ msgtype: 'm.text', body, 'org.agentteams.run': run, ...more }));
  const thinking = { type: 'thinking', content: `@adapter:x BLOCKED: ${taskId} - or so` };
  const call = { type: 'tool_call', tool_name: 'execute_shell_command', arguments: { command: done } };
  const typing = { ...room, kind: 'typing', atMs: 1_000 };
  const said = (activity: ReturnType<typeof sent>) =>
    activity?.kind === 'message' ? readWorkerMessage(activity.text ?? '', attempt) : activity;

  it.each(['1', '0', undefined])(
    'says what its blocks of text say, and nothing else (version %j)',
    (version) => {
      const blocks = [thinking, call, { type: 'text', text: done }];
      expect(sent({ version, blocks })).toMatchObject({ kind: 'message', text: done });
      const edit = {
        'm.new_content': { msgtype: 'm.text', body, 'org.agentteams.run': { version, blocks } },
      };
      const related = { 'm.relates_to': { rel_type: 'm.replace', event_id: '$0' } };
      expect(sent({}, { ...edit, ...related })).toMatchObject({ text: done, replacesEventId: '$0' });
    },
  );

  it.each([
    ['thoughts', [thinking]],
    ['calls of tools', [call]],
    ['a text that is being written', [{ type: 'text', text: done, isStreaming: true }]],
    ['the end of a run that was cancelled', [{ type: 'error', kind: 'cancelled', title: 'Cancelled' }]],
    ['the end of a run that said nothing', [thinking, { type: 'error', kind: 'quiet', title: 'Done' }]],
  ])('is work where it holds %s only', (_, blocks) => {
    expect(sent({ version: '1', blocks })).toEqual(typing);
  });

  it('asks for a yes by its block, whatever its body says', () => {
    const blocks = [
      { type: 'confirmation', tool_name: 'shell', confirmation_id: 'c-1', parameters: 'rm -rf build' },
    ];
    const asked = said(sent({ version: '1', blocks }));
    expect(asked).toMatchObject({ kind: 'approval_question', text: expect.stringContaining('rm -rf build') });
    const known = 'Waiting for approval\n\nTool: shell';
    expect(sent({ version: '1', blocks }, { body: known })).toMatchObject({ text: known });
  });

  it('fails by its block, whatever its body says', () => {
    const blocks = [thinking, { type: 'error', kind: 'failed', title: 'the model did not answer' }];
    expect(said(sent({ version: '1', blocks }))).toEqual({
      kind: 'error',
      what: 'Agent failed before reply: the model did not answer',
    });
  });

  it.each([
    ['of a version that is not known', { version: '2', blocks: [thinking] }],
    ['with no blocks', { version: '1', blocks: [] }],
    [
      'with blocks that are none',
      { version: '1', blocks: [7, { type: 'confirmation', tool_name: 'shell' }] },
    ],
    ['that is none', 'run'],
  ])('says what its body says where the run is one %s', (_, run) => {
    expect(sent(run)).toMatchObject({ kind: 'message', text: body });
  });
});
