import { fileURLToPath } from 'node:url';
import { AppProcess, Environment, startLostWebhooks, type App } from '@agrenting-hiclaw/sandbox/testing';
import { reachedSchema, TRIGGER_VARIABLE, type TriggerInput } from './trigger.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PRELOAD = new URL('preload.ts', import.meta.url).href;

export type AppName = 'mcp-client' | 'poller' | 'cli';

export interface StartOptions {
  readonly trigger?: TriggerInput | undefined;
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A process of an app that can be told where to die. */
export interface CrashingApp {
  readonly process: AppProcess;
  /** The points that it said it reached. */
  readonly reached: readonly string[];
  /** Tells a process that runs already. */
  readonly arm: (trigger: TriggerInput) => void;
}

/** Both sandboxes around apps that die, and what must hold whatever died. */
export class CrashWorld {
  readonly env: Environment<App>;
  readonly hired: string[] = [];
  readonly #close: () => Promise<void>;
  readonly #processes: AppProcess[] = [];

  private constructor(env: Environment<App>, close: () => Promise<void>) {
    this.env = env;
    this.#close = close;
  }

  static async open(workers: readonly string[] = ['alice']): Promise<CrashWorld> {
    // The marketplace sees the agents by webhook, whether or not a process is alive; every webhook is lost.
    const webhooks = await startLostWebhooks();
    const env = await Environment.start<App>(
      async () => await Promise.reject(new Error('apps run as processes')),
      {
        workers: workers.map((name) => ({ name })),
        listing: webhooks.listing,
      },
    );
    return new CrashWorld(env, async () => {
      await env.close();
      webhooks.close();
    });
  }

  async start(app: AppName, options: StartOptions = {}): Promise<CrashingApp> {
    const reached: string[] = [];
    const { trigger } = options;
    const settings = this.env.settings({ log: { level: 'info' }, polling: { everySeconds: 1 } });
    const process = await AppProcess.start(this.env.folder, settings, {
      main: `${ROOT}apps/${app}/src/main.ts`,
      arguments: options.arguments,
      preloads: [PRELOAD],
      environment: {
        ...options.environment,
        ...(trigger === undefined ? {} : { [TRIGGER_VARIABLE]: JSON.stringify(trigger) }),
      },
      onMessage: (message) => {
        const said = reachedSchema.safeParse(message);
        if (said.success) reached.push(said.data.reached);
      },
    });
    this.#processes.push(process);
    return { process, reached, arm: (later) => process.send(later) };
  }

  hire(worker = 'alice'): string {
    const { id } = this.env.hire(worker);
    this.hired.push(id);
    return id;
  }

  /** Waits until every hiring is over. */
  async allEnded(): Promise<void> {
    await Promise.all(this.hired.map(async (id) => await this.env.ended(id)));
  }

  /** What must never be, a line each; `lost` and `doubled` count hirings. */
  violations(): { readonly lost: number; readonly doubled: number; readonly details: readonly string[] } {
    const { env } = this;
    const lost = this.hired.filter((id) => env.marketplace.hirings.get(id)?.status !== 'completed');
    const paidTwice = this.hired.filter((id) => env.settlements(id).length > 1);
    const assigned = env.agents.flatMap(({ worker }) => env.assignments(worker));
    const assignedTwice = assigned.filter((assignment, index) => assigned.indexOf(assignment) !== index);
    const { balanced } = env.marketplace.ledger.audit();
    const earned = ((this.hired.length - lost.length) * 9.5).toFixed(2);
    const { available } = env.marketplace.ledger.balance(env.ownerId);
    return {
      lost: lost.length,
      doubled: paidTwice.length + assignedTwice.length,
      details: [
        ...lost.map((id) => `${id} is ${env.marketplace.hirings.get(id)?.status}`),
        ...paidTwice.map((id) => `${id} was settled by ${env.settlements(id).join(' and ')}`),
        ...assignedTwice.map((assignment) => `the assignment ${assignment} stands twice in its room`),
        ...(balanced ? [] : ['the ledger is not balanced']),
        ...(available === earned ? [] : [`the owner has ${available}, and earned ${earned}`]),
      ],
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.filter(({ running }) => running).map(async (one) => await one.stop()));
    await this.#close();
  }
}
