import { createParser } from 'eventsource-parser';

/** As much of what came is read in one turn of the event loop. */
const PIECE_BYTES = 16_384;

export interface EventSink {
  /** Called for every piece that arrives, comments included: the life sign. */
  onBytes(): void;
  /** `name` is `message` unless the event says otherwise. */
  onEvent(name: string, data: string): void;
  /** An event was over the bound and left out; the stream goes on. */
  onOversized(): void;
}

/**
 * Reads server-sent events until the stream ends, in order (`ended`) or not (`lost`). At most
 * `maxEventCharacters` of one event are kept (Agrenting API reference, 7.1).
 */
export async function readEventStream(
  body: ReadableStream,
  sink: EventSink,
  maxEventCharacters: number,
): Promise<'ended' | 'lost'> {
  const parser = createParser({
    maxBufferSize: maxEventCharacters,
    onEvent: ({ event, data }) => sink.onEvent(event ?? 'message', data),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') oversized = true;
    },
  });
  let oversized = false;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const read = await reader.read();
      if (read.done) return 'ended';
      const chunk: unknown = read.value;
      if (!(chunk instanceof Uint8Array)) continue;
      sink.onBytes();
      for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
        // A line that says nothing costs more than one that does.
        if (start > 0) await new Promise<void>((resolve) => setImmediate(resolve));
        parser.feed(decoder.decode(chunk.subarray(start, start + PIECE_BYTES), { stream: true }));
        if (!oversized) continue;
        oversized = false;
        // What is left of the event is skipped as a line that starts with no field's name.
        parser.reset();
        sink.onOversized();
      }
    }
  } catch {
    return 'lost';
  }
}
