import { structuredMention } from '../message.ts';
import { sayInChunks } from '../speaking.ts';
import { filesProtocol } from '../tasks/files.ts';
import type { WorkerTraits } from '../traits.ts';

/** The OpenClaw worker of HiClaw 1.0 (HiClaw reference, 3.5 to 3.9 and 10.4). */
export const openclaw10: WorkerTraits = {
  name: 'openclaw-1.0',
  runtime: 'openclaw',
  mentions: structuredMention,
  dropsEdits: true,
  plainTextOnly: false,
  receipts: 'never',
  // HiClaw's fork; upstream has five seconds (HiClaw reference, 3.7).
  backlog: { youngerThanMs: 600_000 },
  readsSettings: 'with each pull',
  pullsShared: 'periodically',
  answersReadinessCheck: false,
  clears: false,
  protocol: filesProtocol,
  say: sayInChunks,
};
