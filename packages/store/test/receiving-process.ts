import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { hiringIdSchema, type HiringId } from '@agrenting-hiclaw/core/domain';

const SCRIPT = fileURLToPath(new URL('process.ts', import.meta.url));

/** A process that hears hirings on a file until it is killed. */
export interface ReceivingProcess {
  /** What it said is on disk. */
  received(): readonly HiringId[];
  kill(): Promise<void>;
}

/** Starts `process.ts`, which hears until it is killed. */
export function startReceiving(file: string): ReceivingProcess {
  const child = spawn(process.execPath, ['--conditions=agrenting-hiclaw-source', SCRIPT, 'receive', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const received: HiringId[] = [];
  createInterface(child.stdout).on('line', (line) => {
    received.push(...line.split(' ').map((id) => hiringIdSchema.parse(id)));
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  return {
    received: () => received,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
