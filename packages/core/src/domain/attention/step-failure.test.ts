import { expect, test } from 'vitest';
import {
  stepFailureReasonSchema,
  stepFailureText,
  type StepFailureCode,
  type StepFailureReason,
} from './step-failure.ts';
import { inQuotes } from '../text/in-quotes.ts';
import { outsideQuotes } from '../testing/canary.ts';

const problem = `it answered ${inQuotes('canary" said\n<b>')}`;
const endpoint = 'result';
const SAMPLES: { readonly [Code in StepFailureCode]: Extract<StepFailureReason, { code: Code }> } = {
  hiring_unread: { code: 'hiring_unread', problem },
  hiring_not_read: { code: 'hiring_not_read' },
  read_in_doubt: { code: 'read_in_doubt', problem },
  hiring_gone: { code: 'hiring_gone' },
  upload_failed: { code: 'upload_failed', problem },
  uploads_unread: { code: 'uploads_unread', problem },
  earlier_uploads_unfound: { code: 'earlier_uploads_unfound', problem },
  uploads_unfound: { code: 'uploads_unfound' },
  settlement_failed: { code: 'settlement_failed', endpoint, problem },
  settlement_not_shown: { code: 'settlement_not_shown', endpoint },
  settlement_in_doubt: { code: 'settlement_in_doubt', endpoint, status: inQuotes('canary') },
  settlement_queued: { code: 'settlement_queued', endpoint },
  folder_unread: { code: 'folder_unread', problem },
  folder_unwritten: { code: 'folder_unwritten', problem },
  folder_foreign: { code: 'folder_foreign' },
  token_not_removed: { code: 'token_not_removed', problem },
  room_unread: { code: 'room_unread', problem },
  room_not_created: { code: 'room_not_created', problem },
  worker_not_started: { code: 'worker_not_started', problem },
  message_not_sent: { code: 'message_not_sent', problem },
  stop_not_sent: { code: 'stop_not_sent', problem },
  git_missing: { code: 'git_missing' },
  repository_unread: { code: 'repository_unread', problem },
  push_failed: { code: 'push_failed', problem },
  step_failed: { code: 'step_failed' },
  commit_refused: { code: 'commit_refused' },
};

test.each(Object.values(SAMPLES))('$code is stored as it is, and says why on one line', (reason) => {
  expect(stepFailureReasonSchema.parse(JSON.parse(JSON.stringify(reason)))).toEqual(reason);
  const text = stepFailureText(reason);
  expect(text).toMatch(/^[^\n]{10,}[^.\n]$/);
  expect(outsideQuotes(text)).not.toContain('canary');
});
