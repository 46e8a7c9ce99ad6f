import { describe, expect, it } from 'vitest';
import { assignmentTo } from '../test/world.ts';
import { messageContent } from './message-content.ts';

const worker = {
  name: 'alice',
  userId: '@alice:matrix-local.hiclaw.io:18080',
  roomId: '!room:matrix-local.hiclaw.io:18080',
};
const us = '@agrenting:matrix-local.hiclaw.io:18080';
const id = 'agrenting-550e8400-e29b-41d4-a716-446655440000-a1-000000000000000000000000';
const link =
  '<a href="https://matrix.to/#/%40alice%3Amatrix-local.hiclaw.io%3A18080">@alice:matrix-local.hiclaw.io:18080</a>';

describe('messageContent', () => {
  it('is this event, to the letter, because it is what wakes all runtimes', () => {
    const words =
      `New task [${id}]: task assigned, hiring 550e8400-e29b-41d4-a716-446655440000. ` +
      `Please file-sync shared/tasks/${id}/ and read spec.md there (shared/tasks/${id}/spec.md), then do the task. ` +
      `When the result is in shared/tasks/${id}/, report here with exactly this line: ${us} TASK_COMPLETED: ${id} - `;
    expect(messageContent(assignmentTo(worker), us)).toEqual({
      msgtype: 'm.text',
      body: `${worker.userId} ${words}<one-line summary>`,
      format: 'org.matrix.custom.html',
      formatted_body: `${link} ${words}&lt;one-line summary&gt;`,
      'm.mentions': { user_ids: [worker.userId] },
      'com.agrenting.hiring_id': '550e8400-e29b-41d4-a716-446655440000',
      'com.agrenting.attempt': 1,
      'com.agrenting.task_id': id,
      'com.agrenting.purpose': 'assignment',
      'com.agrenting.number': 1,
    });
  });

  it('says nothing but the command where a conversation is to be forgotten', () => {
    const { body } = messageContent({ ...assignmentTo(worker), purpose: 'clear' }, us);
    expect(body).toBe(`${worker.userId} /clear`);
  });

  it('says in a reminder that done work is not done again', () => {
    const { body, 'com.agrenting.number': number } = messageContent(assignmentTo(worker, 2), us);
    expect(body).toContain(`Reminder 1 of task [${id}]`);
    expect(body).toContain('do not do it again, only report again');
    expect(number).toBe(2);
  });

  it('tells a worker to stop, and mentions nobody else', () => {
    const content = messageContent({ ...assignmentTo(worker), purpose: 'stop' }, us);
    expect(content['body']).toBe(
      `${worker.userId} Task [${id}] was cancelled, hiring 550e8400-e29b-41d4-a716-446655440000. ` +
        'Please stop working on it, leave its folder as it is, and do not report a result for it.',
    );
    expect(content['m.mentions']).toEqual({ user_ids: [worker.userId] });
    expect(content['com.agrenting.purpose']).toBe('stop');
  });
});
