import { z } from 'zod';
import type { Containers } from './containers.ts';

/** What the controller reaches of HiClaw (HiClaw reference, 3.2 and 6.3). */
export interface ControlledHiclaw {
  readonly containers: Containers;
  /** Of a worker. */
  address(worker: string): { readonly userId: string; readonly roomId: string };
  runtime(worker: string): string;
  /** Whom every worker listens to, whatever its policy says. */
  readonly always: readonly string[];
  /** Writes whom a worker listens to into its settings in storage. */
  writeLists(worker: string, group: readonly string[], direct: readonly string[]): void;
  /** Makes an account and puts it into the rooms of the workers; gives its Matrix id. */
  makeHuman(name: string, password: string, workers: readonly string[]): string;
}

const ids = z.array(z.string()).optional();
const channelPolicy = z.object({
  groupAllowExtra: ids,
  groupDenyExtra: ids,
  dmAllowExtra: ids,
  dmDenyExtra: ids,
});
type ChannelPolicy = z.output<typeof channelPolicy>;

const workerUpdate = z.object({ channelPolicy: channelPolicy.optional() });
const newHuman = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  displayName: z.string().min(1),
  permissionLevel: z.number(),
  accessibleWorkers: z.array(z.string()).default([]),
});

interface Human {
  readonly name: string;
  readonly phase: 'Active';
  readonly displayName: string;
  readonly permissionLevel: number;
  readonly accessibleWorkers: readonly string[];
  readonly matrixUserID: string;
  readonly initialPassword: string;
}

export type ControllerOutcome =
  | { readonly status: 200 | 201; readonly body: object }
  | { readonly status: 400 | 404 | 409; readonly body: { readonly error: string } };

/** The controller's resources, no matter who asks: its REST, or its own command. */
export class ControllerResources {
  readonly #controlled: ControlledHiclaw;
  readonly #policies = new Map<string, ChannelPolicy>();
  readonly #humans = new Map<string, Human>();

  constructor(controlled: ControlledHiclaw) {
    this.#controlled = controlled;
  }

  workers(): readonly object[] {
    return this.#controlled.containers.names().flatMap((name) => this.#view(name) ?? []);
  }

  worker(name: string): ControllerOutcome {
    const view = this.#view(name);
    return view === undefined ? missing('worker', name) : { status: 200, body: view };
  }

  updateWorker(name: string, body: unknown): ControllerOutcome {
    if (this.#view(name) === undefined) return missing('worker', name);
    const parsed = workerUpdate.safeParse(body);
    if (!parsed.success) return { status: 400, body: { error: `invalid JSON: ${parsed.error.message}` } };
    if (parsed.data.channelPolicy !== undefined) this.#policies.set(name, parsed.data.channelPolicy);
    this.#reconcile(name);
    return this.worker(name);
  }

  wake(name: string): ControllerOutcome {
    if (this.#view(name) === undefined) return missing('worker', name);
    const { containers } = this.#controlled;
    if (containers.status(name) !== 'running') {
      // What somebody wrote into the settings by hand is gone with this.
      this.#reconcile(name);
      containers.start(name);
    }
    return { status: 200, body: { name, phase: 'Running' } };
  }

  async sleep(name: string): Promise<ControllerOutcome> {
    if (this.#view(name) === undefined) return missing('worker', name);
    await this.#controlled.containers.stop(name);
    return { status: 200, body: { name, phase: 'Sleeping' } };
  }

  humans(): readonly object[] {
    return [...this.#humans.values()];
  }

  human(name: string): ControllerOutcome {
    const human = this.#humans.get(name);
    return human === undefined ? missing('human', name) : { status: 200, body: human };
  }

  createHuman(body: unknown): ControllerOutcome {
    const parsed = newHuman.safeParse(body);
    if (!parsed.success) return { status: 400, body: { error: `invalid JSON: ${parsed.error.message}` } };
    const { name, displayName, permissionLevel, accessibleWorkers } = parsed.data;
    if (this.#humans.has(name)) return { status: 409, body: { error: `human "${name}" already exists` } };
    const initialPassword = `initial-password-of-${name}`;
    const matrixUserID = this.#controlled.makeHuman(name, initialPassword, accessibleWorkers);
    const human = {
      name,
      phase: 'Active',
      displayName,
      permissionLevel,
      accessibleWorkers,
      matrixUserID,
      initialPassword,
    } as const;
    this.#humans.set(name, human);
    return { status: 201, body: human };
  }

  #view(name: string): object | undefined {
    const { containers } = this.#controlled;
    if (!containers.names().includes(name)) return undefined;
    const { userId, roomId } = this.#controlled.address(name);
    return {
      name,
      workerName: name,
      phase: containers.status(name) === 'running' ? 'Running' : 'Sleeping',
      runtime: this.#controlled.runtime(name),
      role: 'worker',
      channelPolicy: this.#policies.get(name),
      matrixUserID: userId,
      roomID: roomId,
    };
  }

  /** As the real one makes the settings from the resource: both lists from scratch, deny before allow. */
  #reconcile(name: string): void {
    const { always } = this.#controlled;
    const policy = this.#policies.get(name) ?? {};
    const listed = (allow: readonly string[] = [], deny: readonly string[] = []): readonly string[] =>
      [...new Set([...always, ...allow])].filter((id) => !deny.includes(id));
    this.#controlled.writeLists(
      name,
      listed(policy.groupAllowExtra, policy.groupDenyExtra),
      listed(policy.dmAllowExtra, policy.dmDenyExtra),
    );
  }
}

const missing = (kind: string, name: string): ControllerOutcome => ({
  status: 404,
  body: { error: `${kind} "${name}" not found` },
});
