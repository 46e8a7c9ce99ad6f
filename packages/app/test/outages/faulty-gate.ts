import * as http from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { OutageAnswer } from './answers.ts';

/** What stands before a server during an outage. */
export interface Outage {
  readonly answer: OutageAnswer;
  /** The request reaches the server all the same, and only its answer is lost. */
  readonly applied: boolean;
}

/** One request as it came to the gate. */
export interface GateVisit {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  /** Of the answer that was given; undefined when there was none. */
  readonly status: number | undefined;
  /** For how long nothing more is to be asked, where the answer says so. */
  readonly retryAfterSeconds: number | undefined;
}

/** Stands before a real server, and lets everything through but during an outage. */
export class FaultyGate {
  readonly #server: http.Server;
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly #target: URL;
  readonly #nowMs: () => number;
  readonly visits: GateVisit[] = [];
  outage: Outage | undefined;
  url = '';

  private constructor(target: string, nowMs: () => number) {
    this.#target = new URL(target);
    this.#nowMs = nowMs;
    this.#server = http.createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
  }

  /** Listens before the server at `target`. */
  static async before(target: string, nowMs: () => number): Promise<FaultyGate> {
    const gate = new FaultyGate(target, nowMs);
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve));
    const address = gate.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the gate has no address');
    gate.url = `http://127.0.0.1:${address.port}`;
    return gate;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> {
    const { outage } = this;
    // What the server behind says of its time stays so.
    outgoing.sendDate = false;
    try {
      const body = await buffer(incoming);
      if (outage === undefined || outage.applied) {
        const passed = await this.#pass(incoming, body);
        if (outage === undefined) {
          this.#note(incoming, passed.status, passed.headers['retry-after']);
          outgoing.writeHead(passed.status, passed.headers).end(passed.body);
          return;
        }
      }
      this.#corrupt(incoming, outgoing, outage.answer);
    } catch {
      // The caller has gone.
      outgoing.destroy();
    }
  }

  #corrupt(incoming: http.IncomingMessage, outgoing: http.ServerResponse, answer: OutageAnswer): void {
    const isAnswer = answer.kind === 'answer';
    this.#note(
      incoming,
      isAnswer ? answer.status : undefined,
      isAnswer ? answer.headers['retry-after'] : undefined,
    );
    switch (answer.kind) {
      case 'answer':
        outgoing.writeHead(answer.status, answer.headers).end(answer.body);
        return;
      case 'reset':
        incoming.socket.resetAndDestroy();
        return;
      case 'silence':
        // Ended by the caller that waits for it.
        return;
    }
  }

  #note(
    { method = '', url = '' }: http.IncomingMessage,
    status: number | undefined,
    retryAfter: http.OutgoingHttpHeader | undefined,
  ): void {
    const retryAfterSeconds = retryAfter === undefined ? undefined : Number(retryAfter);
    this.visits.push({ atMs: this.#nowMs(), method, path: url, status, retryAfterSeconds });
  }

  #pass(
    incoming: http.IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: http.OutgoingHttpHeaders; body: Buffer }> {
    const { hostname, port } = this.#target;
    const { method, url: path, headers } = incoming;
    return new Promise((resolve, reject) => {
      const onward = http.request({ hostname, port, method, path, headers, agent: this.#agent }, (answer) => {
        buffer(answer).then((bytes) => {
          const { 'transfer-encoding': _, connection: __, ...kept } = answer.headers;
          resolve({ status: answer.statusCode ?? 502, headers: kept, body: bytes });
        }, reject);
      });
      onward.on('error', reject);
      onward.end(body);
    });
  }
}
