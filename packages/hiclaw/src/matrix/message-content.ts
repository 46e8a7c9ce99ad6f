import { completionLine, type MessagePurpose, type WorkerMessage } from '@agrenting-hiclaw/core/domain';
import { messageObject, taskFolder } from '../storage/task-folder.ts';

/**
 * The event of one message, in the one form that wakes every runtime (HiClaw reference, 3.6): the text
 * begins with the worker's full Matrix id, the formatted text with a link to it, and `m.mentions`
 * names it. With a Manager it is that one who is asked to pass the words on (adapter page, C10). The words are ours and fixed; nothing in them comes from the hirer. The keys
 * `com.agrenting.*` let a message be found again by its attempt.
 */
export function messageContent(
  message: WorkerMessage,
  ourUserId: string,
  managerId?: string,
): Record<string, unknown> {
  const { worker, hiringId, attempt, taskId, purpose, number } = message;
  const words = WORDS[purpose](message, ourUserId);
  return {
    ...(managerId === undefined
      ? wakingContent(worker.userId, words)
      : wakingContent(managerId, delegationWords(message, words))),
    'com.agrenting.hiring_id': hiringId,
    'com.agrenting.attempt': attempt,
    'com.agrenting.task_id': taskId,
    'com.agrenting.purpose': purpose,
    'com.agrenting.number': number,
  };
}

/** Words to a worker, in the form that wakes it. */
export function wakingContent(userId: string, words: string): Record<string, unknown> {
  const link = `https://matrix.to/#/${encodeURIComponent(userId)}`;
  return {
    msgtype: 'm.text',
    body: `${userId} ${words}`,
    format: 'org.matrix.custom.html',
    formatted_body: `<a href="${escapeHtml(link)}">${escapeHtml(userId)}</a> ${escapeHtml(words)}`,
    'm.mentions': { user_ids: [userId] },
  };
}

const WORDS: Readonly<Record<MessagePurpose, (message: WorkerMessage, ourUserId: string) => string>> = {
  assignment: assignmentWords,
  stop: stopWords,
  // A command to workers in Python, behind the mention as everything else is (seen with copaw-worker 1.0.4).
  clear: () => '/clear',
  message: messageWords,
  'no-answer': noAnswerWords,
};

function delegationWords({ worker }: WorkerMessage, words: string): string {
  return (
    `Please delegate to worker ${worker.name}: in its own room, mention ${worker.userId} and say exactly this, and nothing else. ` +
    `Do not do the task yourself. «${words}»`
  );
}

function assignmentWords({ hiringId, taskId, number }: WorkerMessage, ourUserId: string): string {
  const folder = taskFolder(taskId);
  const opening =
    number === 1
      ? `New task [${taskId}]: task assigned, hiring ${hiringId}.`
      : `Reminder ${number - 1} of task [${taskId}]: task assigned, hiring ${hiringId}. ` +
        'If you already did it, do not do it again, only report again; if you are at it, go on; if you cannot go on, ' +
        'report BLOCKED again as spec.md says.';
  return (
    `${opening} Please file-sync ${folder} and read spec.md there (${folder}spec.md), then do the task. ` +
    `When the result is in ${folder}, report here with exactly this line: ${completionLine({ ourUserId, taskId })}`
  );
}

function messageWords({ taskId, number, from = 'client' }: WorkerMessage): string {
  const folder = taskFolder(taskId);
  const who = from === 'owner' ? 'your owner' : 'the client';
  return (
    `About task [${taskId}]: ${who} wrote something. Please file-sync ${folder} and read ${messageObject(number)} there ` +
    `(${folder}${messageObject(number)}), take it into account, and go on with the task.`
  );
}

function noAnswerWords({ taskId }: WorkerMessage): string {
  return (
    `About task [${taskId}]: no answer to your question came. Please go on as you think best, say in the result what you ` +
    'took for granted, or report BLOCKED if you cannot go on without it.'
  );
}

function stopWords({ hiringId, taskId }: WorkerMessage): string {
  return (
    `Task [${taskId}] was cancelled, hiring ${hiringId}. Please stop working on it, ` +
    'leave its folder as it is, and do not report a result for it.'
  );
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
