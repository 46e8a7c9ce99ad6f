import { createHash } from 'node:crypto';

export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too_large' }
  /** The connection ended before the body did. */
  | { readonly kind: 'broken' };

/** What a body holds, without a place in memory for all of it. */
export type BodyDigest =
  | { readonly kind: 'digest'; readonly sizeBytes: number; readonly sha256: string }
  | Exclude<Body, { kind: 'text' }>;

/** Reads a body of at most `maxBytes`, counted after decompression; more is left unread. */
export async function readBody(response: Response, maxBytes: number): Promise<Body> {
  const decoder = new TextDecoder();
  let text = '';
  const end = await readChunks(response, maxBytes, (chunk) => {
    text += decoder.decode(chunk, { stream: true });
  });
  return end.kind === 'end' ? { kind: 'text', text: text + decoder.decode() } : end;
}

/** The SHA-256 of a body of at most `maxBytes`, in hex, counted and hashed after decompression; more is left unread. */
export async function digestBody(response: Response, maxBytes: number): Promise<BodyDigest> {
  const hash = createHash('sha256');
  const end = await readChunks(response, maxBytes, (chunk) => {
    hash.update(chunk);
  });
  if (end.kind !== 'end') return end;
  return { kind: 'digest', sizeBytes: end.sizeBytes, sha256: hash.digest('hex') };
}

async function readChunks(
  response: Response,
  maxBytes: number,
  take: (chunk: Uint8Array) => void,
): Promise<{ readonly kind: 'end'; readonly sizeBytes: number } | Exclude<Body, { kind: 'text' }>> {
  if (response.body === null) return { kind: 'end', sizeBytes: 0 };
  const reader = response.body.getReader();
  let sizeBytes = 0;
  try {
    for (;;) {
      const read = await reader.read();
      if (read.done) return { kind: 'end', sizeBytes };
      const chunk: unknown = read.value;
      if (!(chunk instanceof Uint8Array)) continue;
      sizeBytes += chunk.byteLength;
      if (sizeBytes > maxBytes) {
        await reader.cancel();
        return { kind: 'too_large' };
      }
      take(chunk);
    }
  } catch {
    return { kind: 'broken' };
  }
}

/** Ends a body that nobody reads, so that its connection is free again. */
export async function discardBody(response: Response): Promise<void> {
  try {
    await response.body?.cancel();
  } catch {
    // It broke off on its own, which is as good.
  }
}
