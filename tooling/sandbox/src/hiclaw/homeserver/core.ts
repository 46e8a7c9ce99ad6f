import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { FaultPlan } from '../faults.ts';
import { Accounts, type Device } from './accounts.ts';
import type { SyncFilter } from './filter.ts';
import { MatrixError } from './matrix-error.ts';
import type { MediaStore } from './media-store.ts';
import { Rooms } from './rooms.ts';
import { SendLimit } from './send-limit.ts';
import { Stream } from './stream.ts';

/** What all routes share. */
export interface HomeserverCore {
  readonly clock: SandboxClock;
  readonly accounts: Accounts;
  readonly rooms: Rooms;
  readonly stream: Stream;
  readonly faults: FaultPlan;
  readonly limit: SendLimit;
  readonly media: MediaStore;
  readonly tokens: PositionTokens;
  readonly transactions: Transactions;
  readonly filters: Map<string, SyncFilter>;
  readonly registration: { readonly token: string; exclusive: boolean };
}

export const createCore = (
  serverName: string,
  registrationToken: string,
  clock: SandboxClock,
): HomeserverCore => {
  const stream = new Stream();
  return {
    clock,
    accounts: new Accounts(serverName),
    rooms: new Rooms(serverName, stream, clock),
    stream,
    faults: new FaultPlan(),
    limit: new SendLimit(() => clock.now()),
    media: new Map(),
    tokens: new PositionTokens(),
    transactions: new Transactions(),
    filters: new Map(),
    registration: { token: registrationToken, exclusive: false },
  };
};

/**
 * Places in the stream as clients see them. The sandbox forgets everything when it ends; a place from an earlier
 * run is read as the beginning of this one, so that a client which kept it misses nothing.
 */
export class PositionTokens {
  readonly #run = randomUUID().slice(0, 8);

  /** All of one length: the real worker reads an older copy of its place when the lengths differ, and repeats jobs. */
  readonly give = (position: number): string => `s${this.#run}_${String(position).padStart(9, '0')}`;

  read(token: string): number {
    const match = /^s(\w+)_(\d+)$/.exec(token);
    if (match === null) throw new MatrixError(400, 'M_INVALID_PARAM', `not a token of this server: ${token}`);
    return match[1] === this.#run ? Number(match[2]) : 0;
  }
}

/** A repeated send answers with the first event: per user, device and transaction id (HiClaw reference, 10.1). */
export class Transactions {
  readonly #eventIds = new Map<string, string>();

  once(device: Device, transactionId: string, send: () => string): string {
    const key = JSON.stringify([device.userId, device.deviceId, transactionId]);
    const known = this.#eventIds.get(key);
    if (known !== undefined) return known;
    const eventId = send();
    this.#eventIds.set(key, eventId);
    return eventId;
  }
}
