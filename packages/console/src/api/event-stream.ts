/** One server-sent event. */
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

/** Events are short: a longer piece without an end is none. */
const MAX_PENDING_CHARACTERS = 1_000_000;

/**
 * Reads server-sent events from the body of an answer until it ends. An `EventSource` would do, if it could be told to send a header.
 * Throws when the connection breaks.
 */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const text = new TextDecoder();
  let pending = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      pending += text.decode(value, { stream: true });
      const blocks = pending.split(/\r?\n\r?\n/);
      pending = blocks.pop() ?? '';
      if (pending.length > MAX_PENDING_CHARACTERS) throw new Error('an event has no end');
      for (const block of blocks) yield eventOf(block);
    }
  } finally {
    await reader.cancel();
  }
}

function eventOf(block: string): StreamEvent {
  const fields = block.split(/\r?\n/).map((line) => {
    const colon = line.indexOf(':');
    return colon === -1
      ? { field: line, value: '' }
      : { field: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') };
  });
  const valuesOf = (name: string): readonly string[] =>
    fields.filter(({ field }) => field === name).map(({ value }) => value);
  return { name: valuesOf('event').at(-1) ?? 'message', data: valuesOf('data').join('\n') };
}
