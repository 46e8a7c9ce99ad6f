import { fork } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tally } from './tally.ts';

const partSchema = z.object({
  seeds: z.number(),
  calls: z.number(),
  transitions: z.record(z.string(), z.number()),
  failing: z.array(
    z.object({
      seed: z.number(),
      digest: z.string(),
      violations: z.array(
        z.object({ kind: z.enum(['lost', 'doubled', 'broken']), rule: z.string(), detail: z.string() }),
      ),
    }),
  ),
});

/** Runs seeds in `processes` processes at once. Rejects when one of them ends before its share is done. */
export async function runShared(
  { processes, from, count }: { readonly processes: number; readonly from: number; readonly count: number },
  onPart: (part: Tally) => void,
): Promise<void> {
  const shares = Array.from({ length: processes }, async (_, offset) => {
    const program = join(import.meta.dirname, 'share.ts');
    const child = fork(program, [processes, from, count, offset].map(String));
    child.on('message', (message) => onPart(partSchema.parse(message)));
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`a share of the seeds ended with ${code}`));
      });
    });
  });
  await Promise.all(shares);
}
