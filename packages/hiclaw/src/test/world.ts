import { setTimeout as delay } from 'node:timers/promises';
import {
  hiringIdSchema,
  Secret,
  taskIdOf,
  type Clock,
  type Hiring,
  type WorkerActivity,
  type Listened,
  type LongTexts,
  type ActivityLog,
  type UnreadText,
  type StoredActivity,
  type TaskOrder,
  type WorkerAddress,
  type WorkerMessage,
} from '@agrenting-hiclaw/core/domain';
import { startHiclaw, type HiclawOptions, type RunningHiclaw } from '@agrenting-hiclaw/sandbox/hiclaw';
import { createHomeserver, createObjectStore, type Homeserver, type ObjectStore } from '../index.ts';

const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
export const taskId = taskIdOf(hiringId, 1, '0'.repeat(24));

/** Short times, and one worker that is in its room and need not run. */
export const quietWorker: HiclawOptions = {
  workers: [{ name: 'alice', running: false }],
  times: { startMs: 20, workMs: 30, retrySyncMs: 50, pushEveryMs: 200 },
};

export interface World {
  readonly hiclaw: RunningHiclaw;
  readonly homeserver: Homeserver;
  readonly store: ObjectStore;
  readonly worker: WorkerAddress;
  close(): Promise<void>;
}

/** A HiClaw stand-in, and the adapter's way to it. */
export async function startWorld(options: HiclawOptions = quietWorker): Promise<World> {
  const hiclaw = await startHiclaw(options);
  const homeserver = homeserverOf(hiclaw);
  const store = storeOf(hiclaw);
  const { name, userId, roomId } = hiclaw.worker('alice');
  return {
    hiclaw,
    homeserver,
    store,
    worker: { name, userId, roomId },
    async close() {
      homeserver.close();
      store.close();
      await hiclaw.close();
    },
  };
}

export function homeserverOf(
  hiclaw: RunningHiclaw,
  url = hiclaw.homeserver.url,
  maxAnswerBytes?: number,
): Homeserver {
  const { serverName, adapter } = hiclaw.homeserver;
  return createHomeserver({
    url,
    serverName,
    userId: adapter.userId,
    accessToken: new Secret(adapter.accessToken),
    requestTimeoutMs: 2_000,
    maxAnswerBytes,
  });
}

function storeOf(hiclaw: RunningHiclaw): ObjectStore {
  const { endpoint, bucket, accessKey, secretKey } = hiclaw.storage;
  return createObjectStore({
    endpoint,
    bucket,
    accessKey,
    secretKey: new Secret(secretKey),
    timeoutMs: 2_000,
  });
}

export function assignmentTo(worker: WorkerAddress, number = 1): WorkerMessage {
  return { worker, hiringId, attempt: 1, taskId, purpose: 'assignment', number };
}

export const hiring: Hiring = {
  hiringId,
  status: 'in_progress',
  marker: {},
  description: 'Implement a dark-mode toggle in React',
  capability: 'coding',
  price: '25.00',
  deliveryMode: 'output',
  deliveryStated: true,
  clientMessage: 'Please keep it accessible.',
  customerId: 'f9e8d7c6-b5a4-3210-fedc-ba9876543210',
  deadlineAtMs: Date.parse('2026-04-17T12:00:00Z'),
  createdAtMs: Date.parse('2026-04-16T10:00:00Z'),
  extras: {},
  problems: [],
};

export function orderFor(worker: WorkerAddress, change: Partial<Hiring> = {}): TaskOrder {
  const receivedAtMs = Date.parse('2026-04-16T10:00:01Z');
  return { taskId, attempt: 1, hiring: { ...hiring, ...change }, worker, receivedAtMs };
}

/** The machine's time. */
export const machineClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  async sleep(waitMs, signal) {
    await delay(waitMs, undefined, { signal }).catch(() => {});
  },
};

/** A clock that runs on demand: every wait ends at once, and is noted. */
export class SkippingClock implements Clock {
  readonly waitsMs: number[] = [];
  #nowMs = Date.now();

  nowMs(): number {
    return this.#nowMs;
  }

  elapsedMs(): number {
    return this.#nowMs;
  }

  async sleep(waitMs: number, signal: AbortSignal): Promise<void> {
    this.waitsMs.push(waitMs);
    this.#nowMs += waitMs;
    // Lets the sockets of the test work, which know nothing of this clock.
    await delay(5, undefined, { signal }).catch(() => {});
  }
}

/** Keeps activities in memory, each once, as the port says; can be made to fail before anything is kept. */
export class MemoryActivityLog implements ActivityLog, LongTexts {
  readonly activities: StoredActivity[] = [];
  readonly positions: string[] = [];
  /** Of what is read room by room. */
  readonly #rooms = new Map<string, string>();
  #syncedUntilMs: number | undefined;
  #listenedMs = 0;
  failures = 0;

  position(account: string): Promise<string | undefined> {
    return Promise.resolve(account.includes(' ') ? this.#rooms.get(account) : this.positions.at(-1));
  }

  syncedUntilMs(): Promise<number | undefined> {
    return Promise.resolve(this.#syncedUntilMs);
  }

  listenedMs(): Promise<number> {
    return Promise.resolve(this.#listenedMs);
  }

  record(
    account: string,
    position: string,
    activities: readonly WorkerActivity[],
    nowMs: number,
    syncedUntilMs = nowMs,
    listened?: Listened,
  ): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(new Error('the disk is full'));
    }
    for (const activity of activities) {
      if (this.activities.some((known) => isSame(known, activity))) continue;
      this.activities.push({
        ...activity,
        sequence: this.activities.length + 1,
        listenedMs: listened?.nowMs,
      });
    }
    if (account.includes(' ')) this.#rooms.set(account, position);
    else {
      this.positions.push(position);
      this.#syncedUntilMs = syncedUntilMs;
      this.#listenedMs = listened?.untilMs ?? this.#listenedMs;
    }
    return Promise.resolve();
  }

  since(roomId: string, userId: string, sequence: number, limit: number): Promise<readonly StoredActivity[]> {
    const found = this.activities.filter(
      (activity) => activity.roomId === roomId && activity.userId === userId && activity.sequence > sequence,
    );
    return Promise.resolve(found.slice(0, limit));
  }

  latest(): Promise<number> {
    return Promise.resolve(this.activities.length);
  }

  unread(limit: number): Promise<readonly UnreadText[]> {
    const first = new Map<string, UnreadText>();
    for (const { roomId, userId, sequence, longTextUrl: url } of this.activities) {
      const key = `${roomId} ${userId}`;
      if (url !== undefined && !first.has(key)) first.set(key, { roomId, userId, sequence, url });
    }
    return Promise.resolve([...first.values()].slice(0, limit));
  }

  read(sequence: number, text: string | undefined): Promise<void> {
    const index = this.activities.findIndex((activity) => activity.sequence === sequence);
    const { longTextUrl: _, ...activity } = this.activities[index] ?? { sequence };
    if ('kind' in activity) this.activities[index] = { ...activity, text: text ?? activity.text };
    return Promise.resolve();
  }

  texts(): (string | undefined)[] {
    return this.activities.filter((activity) => activity.kind === 'message').map((activity) => activity.text);
  }
}

function isSame(known: WorkerActivity, activity: WorkerActivity): boolean {
  return known.eventId !== undefined && known.eventId === activity.eventId && known.kind === activity.kind;
}

/** Waits until the condition holds, and fails after the time with what was waited for. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(10);
  }
}
