export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too_large' }
  /** The connection ended before the body did. */
  | { readonly kind: 'broken' };

/** Reads a body of at most `maxBytes`, counted after decompression; more is left unread. */
export async function readBody(response: Response, maxBytes: number): Promise<Body> {
  if (response.body === null) return { kind: 'text', text: '' };
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const read = await reader.read();
      if (read.done) return { kind: 'text', text: text + decoder.decode() };
      const chunk: unknown = read.value;
      if (!(chunk instanceof Uint8Array)) continue;
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        await reader.cancel();
        return { kind: 'too_large' };
      }
      text += decoder.decode(chunk, { stream: true });
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
    // It broke off by itself, which is as good.
  }
}
