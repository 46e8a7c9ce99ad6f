import { sayWhole } from '../speaking.ts';
import { anyMention } from '../message.ts';
import { filesProtocol } from '../tasks/files.ts';
import type { WorkerTraits } from '../traits.ts';

/**
 * The CoPaw worker of HiClaw 1.0.9 (HiClaw reference, 2.4, 3.5 to 3.9 and 10.4), with what was seen on the real one:
 * messages that arrive while it works become one turn, a room is one conversation, any invite is accepted, an edit is
 * one more message, its place in the stream is saved before the work is done.
 */
export const copaw109: WorkerTraits = {
  name: 'copaw-1.0.9',
  runtime: 'copaw',
  mentions: anyMention,
  dropsEdits: false,
  plainTextOnly: true,
  receipts: 'accepted',
  backlog: 'since its place',
  readsSettings: 'with each pull',
  pullsShared: 'periodically',
  answersReadinessCheck: false,
  clears: true,
  sessionFolder: '.copaw/sessions/',
  protocol: filesProtocol,
  say: sayWhole,
};
