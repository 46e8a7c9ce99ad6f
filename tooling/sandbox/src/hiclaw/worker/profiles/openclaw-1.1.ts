import { sayLive } from '../speaking.ts';
import type { WorkerTraits } from '../traits.ts';
import { openclaw10 } from './openclaw-1.0.ts';

/** The OpenClaw worker of HiClaw 1.1, whose messages grow while its model writes them (HiClaw reference, 3.5 and 3.9). */
export const openclaw11: WorkerTraits = { ...openclaw10, name: 'openclaw-1.1', say: sayLive };
