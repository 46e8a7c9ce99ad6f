import type { ServerResponse } from 'node:http';

import type { Clock } from '../clock.ts';
import type { Fault, FaultKind, Frame, Operation } from '../fault.ts';

/** What a frame is: its kind, and for an answer the operation that is answered. */
export interface FrameOrigin {
  frame: Frame;
  operation?: Operation | undefined;
}

interface EventStreamOptions {
  stream: ServerResponse;
  clock: Clock;
  maxBacklogBytes: number;
  strike: (origin: FrameOrigin) => Fault | undefined;
  /** Called when this side has ended the stream. */
  onDropped: () => void;
}

/** The frames of one event stream (Agrenting API reference, 7.1), and the faults that strike them. */
export class EventStream {
  readonly #stream: ServerResponse;
  readonly #clock: Clock;
  readonly #maxBacklogBytes: number;
  readonly #strike: (origin: FrameOrigin) => Fault | undefined;
  readonly #onDropped: () => void;
  /** Frames that wait for the next one to go first. */
  #held: string[] = [];
  #ended = false;
  readonly #effects: Partial<Record<FaultKind, (text: string, delayMs: number) => void>> = {
    frame_missed: () => {},
    frame_twice: (text) => {
      this.#send(text);
      this.#send(text);
    },
    frame_late: (text, delayMs) => void this.#clock.after(delayMs, () => this.#send(text)),
    frame_reordered: (text, delayMs) => {
      this.#held.push(text);
      this.#clock.after(delayMs, () => this.#sendHeld());
    },
    frame_cut: (text) => this.#cut(text),
    frame_split: (text) => {
      for (const piece of piecesOf(text)) this.#write(piece);
      this.#sendHeld();
    },
    frame_garbage: (text) => this.#send(`event: message\ndata: {"jsonrpc":"2.0","id":\n\n${text}`),
  };

  constructor(options: EventStreamOptions) {
    this.#stream = options.stream;
    this.#clock = options.clock;
    this.#maxBacklogBytes = options.maxBacklogBytes;
    this.#strike = options.strike;
    this.#onDropped = options.onDropped;
    options.stream.on('close', () => (this.#ended = true));
  }

  event(name: string, data: string, origin: FrameOrigin): void {
    if (this.#ended) return;
    const text = `event: ${name}\ndata: ${data}\n\n`;
    const fault = this.#strike(origin);
    const struck = fault === undefined ? undefined : this.#effects[fault.kind];
    if (fault === undefined || struck === undefined) this.#send(text);
    else struck(text, fault.seconds * 1_000);
  }

  comment(text: string): void {
    this.#write(`: ${text}\n\n`);
  }

  /** Ends the stream at once, without a goodbye. */
  drop(): void {
    this.#ended = true;
    this.#stream.destroy();
    this.#onDropped();
  }

  #send(text: string): void {
    this.#write(text);
    this.#sendHeld();
  }

  #sendHeld(): void {
    for (const held of this.#held.splice(0)) this.#write(held);
  }

  #cut(text: string): void {
    const bytes = Buffer.from(text);
    // Nothing may follow the half frame, not even while it is on its way.
    this.#ended = true;
    this.#stream.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => this.#stream.destroy());
    this.#onDropped();
  }

  #write(piece: string | Uint8Array): void {
    if (this.#ended) return;
    this.#stream.write(piece);
    if (this.#stream.writableLength > this.#maxBacklogBytes) this.drop();
  }
}

const maxPieces = 1_000;

/** The bytes of a text, cut after the first byte of every character of several bytes, in the middle and before the end. */
function piecesOf(text: string): Uint8Array[] {
  const bytes = Buffer.from(text);
  const cuts = new Set([Math.floor(bytes.length / 2), bytes.length - 1]);
  for (let at = 1; at < bytes.length && cuts.size < maxPieces; at += 1) {
    if ((bytes[at - 1] ?? 0) >= 0xc0) cuts.add(at);
  }
  const ends = [...cuts].toSorted((one, other) => one - other);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}
