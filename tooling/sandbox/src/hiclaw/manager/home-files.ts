import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isoSeconds, type SandboxClock } from '../clock.ts';

const registrySchema = z.looseObject({
  version: z.literal(1),
  updated_at: z.string(),
  workers: z.record(
    z.string(),
    z.looseObject({
      matrix_user_id: z.string(),
      room_id: z.string(),
      runtime: z.string(),
      deployment: z.enum(['local', 'remote']),
      skills: z.array(z.string()),
      role: z.enum(['worker', 'team_leader']),
      team_id: z.string().nullable(),
      image: z.string().nullable(),
      created_at: z.string(),
      skills_updated_at: z.string(),
    }),
  ),
});
export type Registry = z.output<typeof registrySchema>;

const lifecycleEntry = z.looseObject({
  container_status: z.string().optional(),
  idle_since: z.string().nullish(),
  auto_stopped_at: z.string().nullish(),
  last_started_at: z.string().nullish(),
});
const lifecycleSchema = z.looseObject({
  version: z.number(),
  idle_timeout_minutes: z.number(),
  updated_at: z.string(),
  workers: z.record(z.string(), lifecycleEntry),
});
export type LifecycleEntry = z.output<typeof lifecycleEntry>;
type Lifecycle = z.output<typeof lifecycleSchema>;

const activeTask = z.looseObject({
  task_id: z.string(),
  title: z.string().optional(),
  type: z.string(),
  assigned_to: z.string(),
  room_id: z.string().optional(),
});
const stateSchema = z.looseObject({
  admin_dm_room_id: z.string().nullable().default(null),
  active_tasks: z.array(activeTask),
  updated_at: z.string(),
});
export type ActiveTask = z.output<typeof activeTask>;
export type State = z.output<typeof stateSchema>;

/** The three files in a Manager's home, as HiClaw reference 2.7 and 6.1 give them; written in one piece each. */
export class HomeFiles {
  readonly home: string;
  readonly #clock: SandboxClock;

  constructor(home: string, clock: SandboxClock) {
    this.home = home;
    this.#clock = clock;
  }

  now(): string {
    return isoSeconds(this.#clock.now());
  }

  get statePath(): string {
    return join(this.home, 'state.json');
  }

  registry(): Registry {
    return (
      this.#read('workers-registry.json', registrySchema) ?? {
        version: 1,
        updated_at: this.now(),
        workers: {},
      }
    );
  }

  writeRegistry(workers: Registry['workers']): void {
    this.#write('workers-registry.json', { version: 1, updated_at: this.now(), workers });
  }

  /** Makes worker-lifecycle.json and state.json where they are missing. */
  init(): void {
    if (!existsSync(join(this.home, 'worker-lifecycle.json')))
      this.#write('worker-lifecycle.json', this.#newLifecycle());
    if (!existsSync(this.statePath)) this.changeState((tasks) => tasks);
  }

  lifecycle(): Lifecycle {
    return this.#read('worker-lifecycle.json', lifecycleSchema) ?? this.#newLifecycle();
  }

  changeLifecycle(worker: string, change: LifecycleEntry): void {
    const lifecycle = this.lifecycle();
    const entry = { ...lifecycle.workers[worker], ...change };
    const workers = { ...lifecycle.workers, [worker]: entry };
    this.#write('worker-lifecycle.json', { ...lifecycle, updated_at: this.now(), workers });
  }

  removeLifecycle(worker: string): void {
    const lifecycle = this.lifecycle();
    const workers = Object.fromEntries(Object.entries(lifecycle.workers).filter(([name]) => name !== worker));
    this.#write('worker-lifecycle.json', { ...lifecycle, updated_at: this.now(), workers });
  }

  setIdleTimeout(minutes: number): void {
    this.#write('worker-lifecycle.json', { ...this.lifecycle(), idle_timeout_minutes: minutes });
  }

  state(): State {
    const empty = { admin_dm_room_id: null, active_tasks: [], updated_at: this.now() };
    return this.#read('state.json', stateSchema) ?? empty;
  }

  changeState(change: (tasks: ActiveTask[]) => ActiveTask[], adminRoom?: string): void {
    const state = this.state();
    this.#write('state.json', {
      ...state,
      admin_dm_room_id: adminRoom ?? state.admin_dm_room_id,
      active_tasks: change(state.active_tasks),
      updated_at: this.now(),
    });
  }

  #newLifecycle(): Lifecycle {
    return { version: 1, idle_timeout_minutes: 720, updated_at: this.now(), workers: {} };
  }

  #read<Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema> | undefined {
    const path = join(this.home, name);
    return existsSync(path) ? schema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
  }

  #write(name: string, value: object): void {
    const path = join(this.home, name);
    writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(`${path}.new`, path);
  }
}
