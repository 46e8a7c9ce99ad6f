import { anyMention } from '../message.ts';
import { sayByEditing } from '../speaking.ts';
import { teamharness } from '../tasks/teamharness.ts';
import type { WorkerTraits } from '../traits.ts';

/** The QwenPaw worker of HiClaw 1.2 with TeamHarness (HiClaw reference, 2.6, 3.6 to 3.9 and 10.4). */
export const qwenpaw12: WorkerTraits = {
  name: 'qwenpaw-1.2',
  runtime: 'qwenpaw',
  mentions: anyMention,
  dropsEdits: false,
  plainTextOnly: true,
  receipts: 'before the allow-list',
  backlog: 'since its place',
  readsSettings: 'at its start',
  pullsShared: 'for a task',
  answersReadinessCheck: true,
  clears: true,
  sessionFolder: '.qwenpaw/workspaces/default/sessions/agentteams_matrix/',
  protocol: teamharness,
  say: sayByEditing,
};
