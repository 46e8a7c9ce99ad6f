import { createParser } from 'eventsource-parser';

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
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (oversized) {
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
