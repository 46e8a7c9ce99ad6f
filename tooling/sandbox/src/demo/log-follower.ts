import { open, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

const POLL_MS = 100;
const CHUNK_BYTES = 64 * 1024;

/** One line of the adapter's log, as far as the demo shows it. */
export const logLine = z.looseObject({
  msg: z.string(),
  level: z.number(),
  hiringId: z.string().optional(),
  attempt: z.number().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  cause: z.string().optional(),
  summary: z.string().optional(),
  worker: z.string().optional(),
  taskFolder: z.string().optional(),
  proofs: z.array(z.object({ kind: z.string(), evidence: z.string() })).optional(),
});
export type LogLine = z.infer<typeof logLine>;

const WARNING = 40;

/** True for what a person should see: warnings and errors. */
export function isTrouble(line: LogLine): boolean {
  return line.level >= WARNING;
}

/** Reads lines as they are appended to a file, whichever process appends them, until the signal aborts. */
export async function followLog(
  path: string,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const file = await open(path, 'r');
  try {
    let rest = '';
    // A character may lie half in one read and half in the next.
    const decoder = new StringDecoder('utf8');
    while (!signal.aborted) {
      rest += decoder.write(await readMore(file));
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) handle(text, onLine);
      await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await file.close();
  }
}

async function readMore(file: FileHandle): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (;;) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(CHUNK_BYTES) });
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

function handle(text: string, onLine: (line: LogLine) => void): void {
  const parsed = logLine.safeParse(parse(text));
  if (parsed.success) onLine(parsed.data);
}

/** A process that is killed may leave half a line, which is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
