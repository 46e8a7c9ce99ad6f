import { connect, type Socket } from 'node:net';

/** The beginning of an answer that tells its status. */
const STATUS_CHARACTERS = 'HTTP/1.1 200 '.length;

/** Connections of strangers to a server on this machine, all of which end with the test. */
export class Strangers {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #said = new Map<Socket, string>();

  constructor(port: number) {
    this.#port = port;
  }

  /** How many of the connections are still open. */
  get open(): number {
    return [...this.#sockets].filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length;
  }

  /** The status that each of them was answered with; 0 for none. */
  get statuses(): readonly number[] {
    return [...this.#said.values()].map((said) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(said)?.[1] ?? 0));
  }

  /** Opens connections from addresses of this machine in turn, and writes to each; resolves when all are open or refused. */
  async come(
    count: number,
    text: string,
    from: readonly string[] = ['127.0.0.1'],
  ): Promise<readonly Socket[]> {
    return await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const localAddress = from[index % from.length] ?? '127.0.0.1';
        const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress });
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        this.#said.set(socket, '');
        socket.on('data', (chunk: Buffer) => {
          const said = this.#said.get(socket) ?? '';
          if (said.length < STATUS_CHARACTERS) this.#said.set(socket, said + chunk.toString('latin1'));
        });
        await new Promise<void>((resolve) => {
          socket.once('connect', () => {
            socket.write(text, () => resolve());
          });
          socket.once('close', () => resolve());
        });
        return socket;
      }),
    );
  }

  async leave(): Promise<void> {
    await Promise.all(
      [...this.#sockets].map(async (socket) => {
        if (socket.closed) return;
        const closed = new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
        });
        socket.destroy();
        await closed;
      }),
    );
  }
}

/** Addresses of this machine: each is a client of its own. */
export function addresses(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`);
}
