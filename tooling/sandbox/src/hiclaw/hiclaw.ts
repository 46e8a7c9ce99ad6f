import type { FaultPlan } from './faults.ts';
import { toClientEvent, type JsonObject } from './homeserver/event.ts';
import type { RunningHomeserver } from './homeserver/homeserver.ts';
import type { Room } from './homeserver/room.ts';
import type { SendLimit } from './homeserver/send-limit.ts';
import type { Manager } from './manager/manager.ts';
import { workerSecretKey, type HiclawSettings } from './options.ts';
import type { SandboxWorker } from './sandbox-worker.ts';
import type { RunningStorage } from './storage/storage.ts';
import { ObjectClient } from './worker/object-client.ts';
import { readSwitches, turnSwitches, type Switches } from './switches.ts';

export interface HiclawParts {
  readonly settings: HiclawSettings;
  readonly homeserver: RunningHomeserver;
  readonly storage: RunningStorage;
  readonly manager: Manager;
  readonly workers: readonly SandboxWorker[];
  readonly controlUrl: string;
  readonly controllerUrl: string;
  readonly closeParts: () => Promise<void>;
}

export interface ObjectView {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly modifiedAt: string;
  readonly contentType: string;
  readonly writtenBy: string;
}

/** A running HiClaw stand-in. The control API offers the same through HTTP and calls the same methods. */
export class RunningHiclaw {
  /** What an adapter is configured with. */
  readonly homeserver: {
    readonly url: string;
    readonly serverName: string;
    readonly adapter: {
      readonly userId: string;
      readonly accessToken: string;
      readonly password: string;
      readonly deviceId: string;
    };
  };
  readonly storage: {
    readonly endpoint: string;
    readonly bucket: string;
    readonly accessKey: string;
    readonly secretKey: string;
  };
  readonly manager: {
    readonly home: string;
    /** Absolute paths of the executables. */
    readonly lifecycleCommand: string;
    readonly stateCommand: string;
    readonly copawCommand: string;
    readonly minioClient: string;
    readonly controllerCommand: string;
    readonly controllerUrl: string;
    readonly controllerToken: string;
    readonly controlUrl: string;
  };
  readonly workers: readonly SandboxWorker[];
  /** Faults by operation: `send`, `sync`, `login`, ... and `PutObject`, `ListObjects`, ... */
  readonly faults: { readonly homeserver: FaultPlan; readonly storage: FaultPlan };
  readonly #parts: HiclawParts;

  constructor(parts: HiclawParts) {
    const { settings, homeserver, storage, manager } = parts;
    this.#parts = parts;
    this.homeserver = {
      url: homeserver.url,
      serverName: homeserver.serverName,
      adapter: {
        userId: homeserver.accounts.userId(settings.adapter.name),
        accessToken: settings.adapter.accessToken,
        password: settings.adapter.password,
        deviceId: settings.adapter.deviceId,
      },
    };
    this.storage = {
      endpoint: storage.url,
      bucket: settings.bucket,
      accessKey: settings.adapter.accessKey,
      secretKey: settings.adapter.secretKey,
    };
    this.manager = {
      home: manager.home,
      lifecycleCommand: manager.executables.lifecycle,
      stateCommand: manager.executables.state,
      copawCommand: manager.executables.copaw,
      minioClient: manager.executables.mc,
      controllerCommand: manager.executables.agt,
      controllerUrl: parts.controllerUrl,
      controllerToken: settings.controllerToken,
      controlUrl: parts.controlUrl,
    };
    this.workers = parts.workers;
    this.faults = { homeserver: homeserver.faults, storage: storage.faults };
  }

  /** Throws when there is none of that name. */
  worker(name: string): SandboxWorker {
    const found = this.workers.find((worker) => worker.name === name);
    if (found === undefined) throw new RangeError(`no worker ${name} in this sandbox`);
    return found;
  }

  /** The homeserver's limit on what accounts send; none at first. */
  get sendLimit(): SendLimit {
    return this.#parts.homeserver.limit;
  }

  switches(): Switches {
    return readSwitches(this.#parts);
  }

  turn(switches: Switches): Switches {
    return turnSwitches(this.#parts, switches);
  }

  /** Ends all access tokens of a user. */
  revokeTokens(userId: string, softLogout = false): void {
    this.#parts.homeserver.revokeTokens(userId, softLogout);
  }

  /** Makes a room end-to-end encrypted, as `HICLAW_MATRIX_E2EE=1` does (HiClaw reference, 3.4). */
  encryptRoom(roomId: string): void {
    const { homeserver, settings } = this.#parts;
    const content = { algorithm: 'm.megolm.v1.aes-sha2' };
    const admin = homeserver.accounts.userId(settings.admin.name);
    homeserver.rooms.store(this.#room(roomId), admin, { type: 'm.room.encryption', stateKey: '', content });
  }

  /** Says something in a room as any of its members, such as the admin; resolves to the event id. */
  say(sender: string, roomId: string, content: JsonObject): string {
    return this.#parts.homeserver.rooms.send(roomId, sender, { type: 'm.room.message', content }).eventId;
  }

  rooms(): { readonly roomId: string; readonly name: unknown; readonly members: readonly string[] }[] {
    return this.#parts.homeserver.rooms.all().map((room) => ({
      roomId: room.id,
      name: room.state('m.room.name')?.content['name'],
      members: room.members('join'),
    }));
  }

  /** Every event of a room as it is stored, oldest first. Throws when there is no such room. */
  timeline(roomId: string): JsonObject[] {
    const { clock } = this.#parts.homeserver;
    return this.#room(roomId).events.map((event) => toClientEvent(event, undefined, clock.now()));
  }

  objects(prefix = ''): ObjectView[] {
    return [...this.#parts.storage.bucket.from(prefix)].map((object) => ({
      key: object.key,
      size: object.bytes.length,
      etag: object.etag,
      modifiedAt: new Date(object.modifiedAtMs).toISOString(),
      contentType: object.contentType,
      writtenBy: object.writtenBy,
    }));
  }

  /** Which messages of a room somebody has shown to have read; the newest of each kind of receipt. */
  receipts(roomId: string, userId: string): string[] {
    const receipts = [...this.#room(roomId).receipts.values()];
    return receipts.filter((each) => each.userId === userId).map(({ receipt }) => receipt.eventId);
  }

  /** Writes an object as the owner of the storage would. */
  put(key: string, text: string): void {
    const { storage, settings } = this.#parts;
    storage.bucket.put({ key, bytes: Buffer.from(text), writtenBy: settings.admin.name });
  }

  /** The storage as a worker with its own key may use it: all of `shared/`, and its own folder (HiClaw reference, 5). */
  storageOf(workerName: string): ObjectClient {
    const { endpoint, bucket } = this.storage;
    const worker = this.#parts.settings.workers.find(({ name }) => name === workerName);
    if (worker === undefined) throw new RangeError(`no worker ${workerName} in this sandbox`);
    const options = { endpoint, bucket, accessKey: workerName, secretKey: workerSecretKey(worker) };
    return new ObjectClient(options, new AbortController().signal);
  }

  /** Takes an object away, as any worker may in `shared/`. */
  remove(key: string): void {
    this.#parts.storage.bucket.delete(key);
  }

  /** The task id in storage that begins like this, as far as ids are known; what was given when there is none. */
  taskId(beginning: string): string {
    const [first] = this.objects(`shared/tasks/${beginning}-`);
    return first?.key.split('/')[2] ?? beginning;
  }

  object(key: string): Buffer | undefined {
    const object = this.#parts.storage.bucket.get(key);
    return object === undefined ? undefined : Buffer.from(object.bytes);
  }

  /** One round of the Manager's heartbeat; gives how many workers it asked. */
  heartbeat(): number {
    return this.#parts.manager.heartbeat();
  }

  /** One round of the Manager's idle check. */
  checkIdle(): Promise<void> {
    return this.#parts.manager.checkIdle();
  }

  close(): Promise<void> {
    return this.#parts.closeParts();
  }

  #room(roomId: string): Room {
    const room = this.#parts.homeserver.rooms.find(roomId);
    if (room === undefined) throw new RangeError(`no room ${roomId} in this sandbox`);
    return room;
  }
}
