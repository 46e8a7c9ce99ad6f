import { chatWorker } from '../chat-worker.ts';
import type { WorkerProfile } from '../profile.ts';
import { copaw109 } from './copaw-1.0.9.ts';
import { copaw12 } from './copaw-1.2.ts';
import { openclaw10 } from './openclaw-1.0.ts';
import { openclaw11 } from './openclaw-1.1.ts';
import { qwenpaw12 } from './qwenpaw-1.2.ts';

/** A new profile is one more entry here. */
export const profiles: readonly WorkerProfile[] = [copaw109, openclaw10, openclaw11, copaw12, qwenpaw12].map(
  chatWorker,
);
export const defaultProfile = copaw109.name;
