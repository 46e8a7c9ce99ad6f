import type { Socket } from 'node:net';
import { canonicalAddress, networkOf } from './network.ts';
import type { TrustedProxies } from './client-address.ts';

/** How many connections may be open at once. */
export interface ConnectionBounds {
  readonly maxConnections: number;
  /** Of strangers in one network; a trusted proxy brings those of many. */
  readonly maxOfNetwork: number;
}

/** One connection, as the server that it came to sees it. */
export interface Connection {
  /** Whether the client on it has sent a valid key. */
  readonly isKept: boolean;
  /** It has: while there are strangers, none of these is closed to make room. */
  keep(): void;
}

interface Known extends Connection {
  /** Undefined for one that came by a trusted proxy. */
  readonly network: string | undefined;
}

/**
 * The open connections of a server. A newcomer always gets in: at a bound the connection of the stranger that came first is
 * closed, whatever it is doing, because a rightful sender is done within moments or has shown its key.
 */
export class Connections {
  readonly #bounds: ConnectionBounds;
  readonly #isTrusted: TrustedProxies;
  readonly #onEvicted: () => void;
  /** In the order in which they came. */
  readonly #strangers = new Set<Socket>();
  readonly #strangersOf = new Map<string, Set<Socket>>();
  /** In the order in which they were last used. */
  readonly #kept = new Set<Socket>();
  readonly #known = new WeakMap<Socket, Known>();

  constructor(bounds: ConnectionBounds, isTrusted: TrustedProxies, onEvicted: () => void) {
    this.#bounds = bounds;
    this.#isTrusted = isTrusted;
    this.#onEvicted = onEvicted;
  }

  /** Takes a newcomer in, and makes room for it where that is needed. */
  add(socket: Socket): void {
    const peer = canonicalAddress(socket.remoteAddress ?? '');
    const network = this.#isTrusted(peer) ? undefined : networkOf(peer);
    this.#makeRoom(network);
    let isKept = false;
    this.#known.set(socket, {
      network,
      get isKept() {
        return isKept;
      },
      keep: () => {
        isKept = true;
        this.#forget(socket);
        if (!socket.destroyed) this.#kept.add(socket);
      },
    });
    this.#strangers.add(socket);
    if (network !== undefined) this.#ofNetwork(network).add(socket);
    socket.once('close', () => this.#forget(socket));
  }

  /** Undefined for a connection of another server. */
  of(socket: Socket): Connection | undefined {
    return this.#known.get(socket);
  }

  #makeRoom(network: string | undefined): void {
    const { maxConnections, maxOfNetwork } = this.#bounds;
    const others = network === undefined ? undefined : this.#strangersOf.get(network);
    if (others !== undefined && others.size >= maxOfNetwork) this.#evictFirst(others);
    if (this.#strangers.size + this.#kept.size < maxConnections) return;
    this.#evictFirst(this.#strangers.size > 0 ? this.#strangers : this.#kept);
  }

  #evictFirst(among: ReadonlySet<Socket>): void {
    const [first] = among;
    if (first === undefined) return;
    // Its slot is free at once, and not when the close event arrives.
    this.#forget(first);
    first.destroy();
    this.#onEvicted();
  }

  #forget(socket: Socket): void {
    this.#kept.delete(socket);
    if (!this.#strangers.delete(socket)) return;
    const network = this.#known.get(socket)?.network;
    if (network === undefined) return;
    const others = this.#ofNetwork(network);
    others.delete(socket);
    if (others.size === 0) this.#strangersOf.delete(network);
  }

  #ofNetwork(network: string): Set<Socket> {
    const known = this.#strangersOf.get(network);
    if (known !== undefined) return known;
    const fresh = new Set<Socket>();
    this.#strangersOf.set(network, fresh);
    return fresh;
  }
}
