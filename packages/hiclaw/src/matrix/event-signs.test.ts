import { readWorkerMessage } from '@agrenting-hiclaw/core/domain';
import { describe, expect, it } from 'vitest';
import { taskId } from '../test/world.ts';
import { messageSign } from './event-signs.ts';

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
      expect(messageSign(room, event(content))).toEqual({ ...room, kind: 'typing', atMs: 1_000 });
    }
  });

  it('is none where another message has its words', () => {
    expect(messageSign(room, event({ msgtype: 'm.notice', body: 'agentteams.workflow' }))).toMatchObject({
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
