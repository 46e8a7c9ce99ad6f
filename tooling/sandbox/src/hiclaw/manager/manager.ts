import { existsSync } from 'node:fs';
import type { SandboxClock } from '../clock.ts';
import { CommandOutput, readOptions, type CommandResult } from './command.ts';
import { writeExecutables, type ExecutablePaths } from './executables.ts';
import { HomeFiles } from './home-files.ts';
import { manageState } from './manage-state.ts';
import { runControllerCommand } from './controller-command.ts';
import type { ControllerResources } from './controller-resources.ts';
import type { MinioClient } from './minio-client.ts';
import type { Containers } from './containers.ts';
import { lifecycleWorker10 } from './lifecycle-1.0.ts';
import { lifecycleWorker12 } from './lifecycle-1.2.ts';

export interface ManagerOptions {
  readonly home: string;
  readonly controlUrl: string;
  readonly containers: Containers;
  readonly clock: SandboxClock;
  readonly mc: MinioClient;
  readonly resources: ControllerResources;
  /** Says something as `@manager`; rejects when the homeserver refuses. */
  readonly say: (roomId: string, text: string, mention: string) => void;
}

export interface ManagerSwitches {
  /** Which generation's scripts are in the container (HiClaw reference, 6.1 and 6.2). */
  scripts: '1.0' | '1.2';
  /** A Manager that cannot reach Docker. */
  containerApiUnavailable: boolean;
}

const logLength = 200;

export type ManagerCommand = 'lifecycle-worker' | 'manage-state' | 'copaw' | 'mc' | 'agt';

/** The Manager container as an adapter meets it: a home directory and executables, no model behind it. */
export class Manager {
  readonly home: string;
  readonly executables: ExecutablePaths;
  readonly switches: ManagerSwitches = { scripts: '1.0', containerApiUnavailable: false };
  readonly files: HomeFiles;
  /** What went wrong and is reported to nobody. */
  readonly log: string[] = [];
  readonly #options: ManagerOptions;
  readonly #closing = new AbortController();

  constructor(options: ManagerOptions) {
    this.#options = options;
    this.home = options.home;
    this.files = new HomeFiles(options.home, options.clock);
    this.executables = writeExecutables(options.home, options.controlUrl);
  }

  /** `home` is the caller's $HOME: the scripts read and write there, wherever it is. */
  async run(
    command: ManagerCommand,
    argv: readonly string[],
    home = this.home,
    input = '',
  ): Promise<CommandResult> {
    const files = home === this.home ? this.files : new HomeFiles(home, this.#options.clock);
    if (!existsSync(home)) {
      const output = new CommandOutput();
      output.writeError(`HOME is no directory: ${home}`);
      return output.exit(1);
    }
    switch (command) {
      case 'lifecycle-worker': {
        const script = this.switches.scripts === '1.0' ? lifecycleWorker10 : lifecycleWorker12;
        const { containers, clock } = this.#options;
        const unavailable = this.switches.containerApiUnavailable;
        const available: Containers = {
          unavailable,
          names: () => containers.names(),
          status: (worker) => containers.status(worker),
          start: (worker) => containers.start(worker),
          stop: (worker) => containers.stop(worker),
          remove: (worker) => containers.remove(worker),
        };
        return script(argv, { files, containers: available, clock });
      }
      case 'manage-state':
        return manageState(argv, files);
      case 'copaw':
        return this.#copaw(argv);
      case 'agt':
        return await runControllerCommand(this.#options.resources, argv, input);
      case 'mc':
        return this.#options.mc.run(argv, input);
    }
  }

  /** Asks every worker with an open finite task how it goes, as the heartbeat does (HiClaw reference, 2.3). */
  heartbeat(): number {
    const registry = this.files.registry().workers;
    const tasks = this.files.state().active_tasks.filter((task) => task.type === 'finite');
    for (const task of tasks) {
      const worker = registry[task.assigned_to];
      if (worker === undefined) continue;
      const text = `How is the task [${task.task_id}] going? Please tell me your progress.`;
      this.#say(worker.room_id, text, worker.matrix_user_id);
    }
    return tasks.length;
  }

  /** Syncs the containers' status and stops who was idle too long (HiClaw reference, 6.1). */
  async checkIdle(): Promise<void> {
    await this.run('lifecycle-worker', ['--action', 'sync-status']);
    await this.run('lifecycle-worker', ['--action', 'check-idle']);
  }

  /** Repeats until close. */
  every(intervalMs: number, run: () => unknown): void {
    const loop = async (): Promise<void> => {
      for (;;) {
        await this.#options.clock.sleep(intervalMs, this.#closing.signal);
        await run();
      }
    };
    loop().catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#write(`ended: ${String(error)}`);
    });
  }

  close(): void {
    this.#closing.abort();
  }

  /** `copaw channels send`: success means handed to the channel, whatever the room says (HiClaw reference, 4). */
  #copaw(argv: readonly string[]): CommandResult {
    const output = new CommandOutput();
    const needed = ['--agent-id', '--channel', '--target-user', '--target-session', '--text'];
    const read = readOptions(argv.slice(2), [...needed, '--base-url']);
    if (argv[0] !== 'channels' || argv[1] !== 'send' || 'unknown' in read) {
      const wrong = 'unknown' in read ? read.unknown : argv.join(' ');
      output.writeError(`Usage: copaw channels send [OPTIONS]\n\nError: No such option or command: ${wrong}`);
      return output.exit(2);
    }
    const missing = needed.find((name) => !read.options.has(name));
    if (missing !== undefined) {
      output.writeError(`Usage: copaw channels send [OPTIONS]\n\nError: Missing option '${missing}'.`);
      return output.exit(2);
    }
    const option = (name: string): string => read.options.get(name) ?? '';
    if (option('--agent-id') !== 'default' || option('--channel') !== 'matrix') {
      output.writeError('Error: 404 Not Found: agent or channel');
      return output.exit(1);
    }
    this.#say(option('--target-session'), option('--text').replaceAll('\\n', '\n'), option('--target-user'));
    output.print(JSON.stringify({ success: true, message: 'Message sent successfully to matrix' }, null, 2));
    return output.exit(0);
  }

  #write(line: string): void {
    this.log.push(`${this.files.now()} ${line}`);
    if (this.log.length > logLength) this.log.shift();
  }

  #say(roomId: string, text: string, mention: string): void {
    try {
      this.#options.say(roomId, text, mention);
    } catch (error) {
      this.#write(`not sent to ${roomId}: ${String(error)}`);
    }
  }
}
