import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AppProcess, Environment, type App, freePort } from '@agrenting-hiclaw/sandbox/testing';

/** What came of sending hires to a bridge that is killed every few seconds. */
export interface Deliveries {
  readonly hires: number;
  readonly kills: number;
  /** Had a 200, and so had to end once, whatever died. */
  readonly answered: number;
  /** Began without one: the poller had to find them. */
  readonly polled: number;
  /** Never began: the marketplace's own probe found nobody there, and the hirer has the money back. */
  readonly refused: number;
  readonly lost: number;
  readonly doubled: number;
  readonly details: readonly string[];
}

export interface DeliveriesOptions {
  readonly hires: number;
  readonly onKill?: (kills: number, hires: number) => void;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const WORKERS = Array.from({ length: 12 }, (_, number) => `worker-${number}`);
const KILL_EVERY_MS = 5_000;
const HIRES_PER_SECOND = 8;
const KEY = 'a-key-of-the-webhook-0123456789';
const ENDED_WITHIN_MS = 300_000;

/**
 * The marketplace sends hires by webhook, each twice and in no order, while the bridge is killed with SIGKILL every
 * five seconds and started again at once, with the poller beside it.
 */
export async function killTheBridge({
  hires,
  onKill = () => undefined,
}: DeliveriesOptions): Promise<Deliveries> {
  const port = await freePort();
  const env = await openEnvironment(port);
  const processes: AppProcess[] = [];
  const start = async (app: 'bridge' | 'poller'): Promise<AppProcess> => {
    const settings = env.settings({
      log: { level: 'warn' },
      polling: { everySeconds: 10 },
      // With so many open at once, short looks would take the time that the work needs.
      timing: { ...env.timing, rereadSeconds: 15, inspectSeconds: 1 },
      matrix: { ...env.matrix(), messagesPerMinute: 6_000 },
      webhook: { port, keys: [KEY] },
    });
    const started = await AppProcess.start(env.folder, settings, { main: `${ROOT}apps/${app}/src/main.ts` });
    processes.push(started);
    return started;
  };
  const hired: string[] = [];
  let hiring = true;
  let kills = 0;
  const liveAndDie = async (): Promise<void> => {
    for (let bridge = await start('bridge'); ; bridge = await start('bridge')) {
      await sleep(KILL_EVERY_MS);
      if (!hiring) return;
      if (!bridge.running) throw new Error(`the bridge ended on its own:\n${bridge.output.slice(-3_000)}`);
      await bridge.kill();
      kills += 1;
      onKill(kills, hired.length);
    }
  };
  const hireOnAndOn = async (): Promise<void> => {
    while (hired.length < hires) {
      hired.push(env.hire(WORKERS[hired.length % WORKERS.length]).id);
      await sleep(1_000 / HIRES_PER_SECOND);
    }
    hiring = false;
  };
  try {
    await start('poller');
    await Promise.all([liveAndDie(), sleep(1_500).then(hireOnAndOn)]);
    await allEnded(env, hired);
    return { hires: hired.length, kills, ...count(env, hired) };
  } finally {
    await Promise.all(processes.filter(({ running }) => running).map(async (one) => await one.stop()));
    await env.close();
  }
}

async function openEnvironment(port: number): Promise<Environment<App>> {
  const env = await Environment.start<App>(
    async () => await Promise.reject(new Error('apps run as processes')),
    {
      workers: WORKERS.map((name) => ({ name })),
      listing: {
        metadata: {
          callback_url: `http://127.0.0.1:${port}/webhook/agrenting/hiring`,
          callback_auth_header: `Authorization: ApiKey ${KEY}`,
        },
      },
    },
  );
  env.marketplace.switches.setDefaults({ webhook_dup: 'twice', webhook_reorder_ms: 3_000 });
  // Of these a webhook that finds nobody is lost: the poller has to find the hire.
  for (const { id } of env.agents.slice(0, WORKERS.length / 3)) {
    env.marketplace.switches.set(id, { webhook_attempts: 1, webhook_dup: 'off' });
  }
  return env;
}

type Snapshot = NonNullable<ReturnType<Environment<App>['marketplace']['hirings']['get']>>;

const isOver = ({ status }: Snapshot): boolean => status === 'completed' || status === 'failed';

async function allEnded(env: Environment<App>, hired: readonly string[]): Promise<void> {
  const untilMs = Date.now() + ENDED_WITHIN_MS;
  while (!hired.every((id) => snapshotOf(env, id).every(isOver)) && Date.now() < untilMs) await sleep(500);
  // What comes after the end would be the second one.
  await sleep(3_000);
}

function snapshotOf(env: Environment<App>, id: string): readonly Snapshot[] {
  return [env.marketplace.hirings.get(id)].filter((hiring) => hiring !== undefined);
}

function count(env: Environment<App>, hired: readonly string[]): Omit<Deliveries, 'hires' | 'kills'> {
  const hirings = hired.flatMap((id) => snapshotOf(env, id));
  const answered = new Set(
    env.marketplace.webhooks.list().flatMap(({ hiringId, answer }) => (answer === 200 ? [hiringId] : [])),
  );
  const began = hirings.filter(({ history }) => history.some(({ to }) => to === 'in_progress'));
  const refused = hirings.filter((hiring) => hiring.status === 'failed' && !began.includes(hiring));
  const unpaid = hirings.filter((hiring) => hiring.status !== 'completed' && !refused.includes(hiring));
  const paid = hirings.filter(({ status }) => status === 'completed');
  const settledOdd = paid.filter(({ id }) => env.settlements(id).length !== 1);
  const assigned = WORKERS.flatMap((worker) => env.assignments(worker));
  const assignedTwice = assigned.filter((assignment, index) => assigned.indexOf(assignment) !== index);
  const { balanced } = env.marketplace.ledger.audit();
  const earned = (paid.length * 9.5).toFixed(2);
  const { available } = env.marketplace.ledger.balance(env.ownerId);
  return {
    answered: answered.size,
    polled: began.filter(({ id }) => !answered.has(id)).length,
    refused: refused.length,
    lost: unpaid.length,
    doubled: settledOdd.length + assignedTwice.length,
    details: [
      ...unpaid.map(({ id, status, failedReason }) => `${id} is ${status} (${failedReason ?? 'no reason'})`),
      ...settledOdd.map(({ id }) => `${id} was settled by ${env.settlements(id).join(' and ')}`),
      ...assignedTwice.map((assignment) => `the assignment ${assignment} stands twice in its room`),
      ...refused.flatMap(({ id }) =>
        answered.has(id) ? [`${id} had a 200 and was refused by the probe`] : [],
      ),
      ...(balanced ? [] : ['the ledger is not balanced']),
      ...(available === earned ? [] : [`the owner has ${available}, and earned ${earned}`]),
    ],
  };
}
