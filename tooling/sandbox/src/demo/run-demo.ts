import { setTimeout as wait } from 'node:timers/promises';
import type { Environment } from './environment.ts';
import { ANSWER, PRICE, QUESTION, type DemoHire } from './hires.ts';
import { followLog, isTrouble, type LogLine } from './log-follower.ts';
import { dollars, moneyOf } from './money.ts';
import { CHANGE } from './repository.ts';
import { SandboxCalls, type SandboxHiring } from './sandbox-calls.ts';
import { table, type Screen } from './screen.ts';
import { keepTaskFolder } from './task-folders.ts';

const POLL_MS = 100;
const READY_TIMEOUT_MS = 20_000;
const END_TIMEOUT_MS = 60_000;
/** With `--keep` somebody may kill the adapter and take time to start it again. */
const KEEP_TIMEOUT_MS = 600_000;

export interface DemoOptions {
  readonly env: Environment;
  readonly screen: Screen;
  readonly keep: boolean;
  readonly signal: AbortSignal;
}

interface RunningHire {
  readonly hire: DemoHire;
  readonly hiringId: string;
  /** True once the adapter had to start the worker. */
  started?: boolean;
  /** True once the hirer has answered its worker's question. */
  answered?: boolean;
  /** What the adapter last said about it. */
  ended?: LogLine;
}

/** Makes the hires, shows each as it moves, and sums up; true when every hiring ended as it should. */
export async function runDemo({ env, screen, keep, signal }: DemoOptions): Promise<boolean> {
  const calls = new SandboxCalls(env.marketplaceUrl, env.hiclaw.manager.controlUrl);
  const hires: RunningHire[] = [];
  const done = new AbortController();
  const until = AbortSignal.any([done.signal, signal]);
  const following = followLog(env.logFile, (line) => showLine(screen, hires, line), until);
  try {
    introduce(screen, env);
    await waitFor(until, READY_TIMEOUT_MS, 'the adapter has no session with the marketplace', async () => {
      if (!env.adapter.running) throw new Error(`the adapter ended: ${await env.adapter.ended}`);
      return (await calls.subscribedSessions()) >= env.hires.length;
    });
    for (const hire of env.hires) hires.push(await makeHire(calls, env, hire, screen));
    watchAdapter(env, screen, keep, until);

    const timeoutMs = keep ? KEEP_TIMEOUT_MS : END_TIMEOUT_MS;
    const isDone = async () => {
      if (!keep && !env.adapter.running) throw new Error(`the adapter ended: ${await env.adapter.ended}`);
      await answerQuestions(calls, hires, screen);
      return hires.every(({ ended }) => ended !== undefined);
    };
    const finished = await waitFor(until, timeoutMs, undefined, isDone);
    const ok = await sumUp(env, calls, hires, screen);
    if (keep && !signal.aborted) await stay(env, screen, signal);
    return finished && ok;
  } finally {
    done.abort();
    await following;
  }
}

function introduce(screen: Screen, env: Environment): void {
  screen.tell({
    event: 'ready',
    simulated: ['marketplace', 'homeserver', 'storage', 'manager', 'workers'],
    marketplace: env.marketplaceUrl,
    homeserver: env.hiclaw.homeserver.url,
    storage: env.hiclaw.storage.endpoint,
    workers: `${env.hiclaw.manager.controlUrl}/sandbox/workers`,
    folder: env.folder,
  });
  screen.say(`
  Simulated: the marketplace, the homeserver, the object storage, the Manager's scripts, the workers and their work.
             No money moves and no model thinks.
  Real:      the adapter (apps/mcp-client) and everything that it sends and stores.

  marketplace ${env.marketplaceUrl}   homeserver ${env.hiclaw.homeserver.url}   storage ${env.hiclaw.storage.endpoint}
`);
}

async function makeHire(
  calls: SandboxCalls,
  env: Environment,
  hire: DemoHire,
  screen: Screen,
): Promise<RunningHire> {
  const behaviour = behaviourOf(hire);
  if (behaviour !== undefined) await calls.behave(hire.worker, behaviour);
  const agentId = await calls.agentIdOf(hire.worker);
  const { id } = await calls.hire(env.hirerId, agentId, hire.task, PRICE, deliveryOf(hire, env));
  screen.show(
    { event: 'hired', hiringId: id, worker: hire.worker, price: PRICE, task: hire.task },
    `  hired  ${hire.worker.padEnd(6)} ${id}  ${hire.story}`,
  );
  return { hire, hiringId: id };
}

function behaviourOf({ manner }: DemoHire): object | undefined {
  switch (manner) {
    case 'works':
      return undefined;
    case 'fails':
      return { kind: 'fail', reason: 'the site wants a login that I do not have' };
    case 'asks':
      return { kind: 'question', text: QUESTION };
    case 'promises':
      return { kind: 'placeholder', text: 'I will compare the three ways and report back soon.' };
    case 'changes code':
      return {
        kind: 'complete',
        summary: 'the README says how the site is built',
        result:
          'STATUS: SUCCESS\nSUMMARY: The README says how the site is built.\n\nA section on the build was added.\n',
        files: [{ path: 'change.patch', text: CHANGE }],
      };
  }
}

function deliveryOf({ manner }: DemoHire, { repository }: Environment): Readonly<Record<string, string>> {
  if (manner !== 'changes code' || repository === undefined) return {};
  return { deliveryMode: 'push', repoUrl: repository.url, repoAccessToken: repository.token };
}

/** The hirer answers whatever its workers ask. */
async function answerQuestions(calls: SandboxCalls, hires: RunningHire[], screen: Screen): Promise<void> {
  for (const found of hires) {
    if (found.hire.manner !== 'asks' || found.answered === true) continue;
    if (!(await calls.answerQuestion(found.hiringId, ANSWER))) continue;
    found.answered = true;
    screen.show(
      { event: 'question answered', hiringId: found.hiringId, question: QUESTION, answer: ANSWER },
      `  ${found.hire.worker.padEnd(6)} question     "${QUESTION}" The hirer answers: "${ANSWER}"`,
    );
  }
}

function showStart(screen: Screen, hires: RunningHire[], name: string): void {
  const found = hires.find(({ hire }) => hire.worker === name);
  if (found === undefined || found.started === true) return;
  found.started = true;
  screen.show(
    { event: 'worker started', hiringId: found.hiringId, worker: name },
    `  ${name.padEnd(6)} started      the worker was stopped, and is started before it is notified`,
  );
}

function showLine(screen: Screen, hires: RunningHire[], line: LogLine): void {
  if (line.msg === 'a worker is being started' && line.worker !== undefined) {
    showStart(screen, hires, line.worker);
    return;
  }
  const found = hires.find(({ hiringId }) => hiringId === line.hiringId);
  if (found === undefined) return;
  const worker = found.hire.worker.padEnd(6);
  if (line.from !== undefined && line.to !== undefined) {
    const { hiringId, attempt, from, to, cause } = line;
    screen.show(
      { event: 'move', hiringId, attempt, from, to, cause },
      `  ${worker} ${to.padEnd(12)} ${cause ?? ''}`,
    );
  } else if (line.summary === 'attention' ? found.hire.end === 'held' : line.summary !== undefined) {
    found.ended = line;
  } else if (isTrouble(line)) {
    const problem = typeof line['problem'] === 'string' ? line['problem'] : line.msg;
    screen.show({ event: 'trouble', hiringId: line.hiringId, problem }, `  ${worker} (${problem})`);
  }
}

function watchAdapter(env: Environment, screen: Screen, keep: boolean, signal: AbortSignal): void {
  if (keep) {
    screen.show(
      { event: 'kept', adapterPid: env.adapter.pid, restart: env.adapterCommand },
      `\n  The adapter is process ${env.adapter.pid ?? '?'}. Kill it if you like; this starts it again:\n    ${env.adapterCommand}\n`,
    );
  }
  void env.adapter.ended.then((how) => {
    if (signal.aborted) return;
    screen.show(
      { event: 'adapter ended', how },
      `\n  The adapter ended (${how}). Start it again with:\n    ${env.adapterCommand}\n`,
    );
  });
}

async function sumUp(
  env: Environment,
  calls: SandboxCalls,
  hires: readonly RunningHire[],
  screen: Screen,
): Promise<boolean> {
  const ledger = await calls.ledger();
  const rows: string[][] = [];
  const report: { id: string; status: string; attempt: number; paid: string }[] = [];
  const pushed = (await env.repository?.pushed()) ?? [];
  let ok =
    ledger.balanced && pushed.length === hires.filter(({ hire }) => hire.manner === 'changes code').length;
  const kept: string[] = [];
  for (const { hire, hiringId, started = false, ended } of hires) {
    const hiring = await calls.hiring(hiringId);
    const money = moneyOf(ledger, hiringId, env.ownerId, env.hirerId);
    ok &&= hasEnded(hiring, hire, ended) && isMoneyRight(hiring, hire, money);
    // Who was stopped had to be started, and nobody else.
    ok &&= started === !hire.running;
    const proofs = ended?.proofs?.map(({ kind }) => kind).join(' ') ?? 'none';
    const folder =
      ended?.taskFolder === undefined ? undefined : await keepTaskFolder(calls, ended.taskFolder, env.folder);
    kept.push(
      folder === undefined
        ? `${hire.worker}  -`
        : `${hire.worker.padEnd(6)} ${folder.path}\n         ${folder.result}`,
    );
    rows.push([
      hire.worker,
      started ? 'yes' : 'no',
      hire.end === 'held' && ended !== undefined ? 'held' : hiring.status,
      hiring.price,
      dollars(money.escrow),
      dollars(money.fee),
      dollars(money.paid),
      dollars(money.refunded),
      proofs,
    ]);
    report.push({
      id: hiringId,
      status: hiring.status,
      attempt: hiring.traceAttempt,
      paid: dollars(money.paid),
    });
  }
  const heading = [
    'worker',
    'started',
    'status',
    'price',
    'escrow',
    'fee',
    'paid',
    'refunded',
    'how far the worker was known to be',
  ];
  screen.say(`\n${table(heading, rows)}\n`);
  screen.say(
    `  ledger balanced: ${ledger.balanced ? 'yes' : 'NO'}   store, log and configuration: ${env.folder}`,
  );
  screen.say(`  what the workers were given and delivered:\n  ${kept.join('\n  ')}`);
  for (const { branch, commit } of pushed) {
    screen.show(
      { event: 'pushed', branch, commit },
      `  pushed to the hirer's repository: ${branch} at ${commit}`,
    );
  }
  if (env.repository === undefined) {
    screen.say('  not run: a hire that is pushed to a repository, because git is not installed');
  }
  const look = `ADAPTER_CONFIG=${env.configFile} npm run --silent cli -- hirings list`;
  screen.show({ event: 'look', command: look }, `  to look at its store, from this folder: ${look}`);
  screen.say(ok ? '\n  Every hiring ended as it should.' : '\n  A hiring did not end as it should.');
  screen.tell({ demo: ok ? 'ok' : 'failed', hirings: report });
  return ok;
}

function hasEnded({ status }: SandboxHiring, { end }: DemoHire, ended: LogLine | undefined): boolean {
  if (end === 'held') return status === 'in_progress' && ended?.summary === 'attention';
  return status === end && ended?.summary === end;
}

/** 95 % of the price for a completed hiring, all of it back for a failed one; it stays in escrow while one is held. */
function isMoneyRight(hiring: SandboxHiring, hire: DemoHire, money: ReturnType<typeof moneyOf>): boolean {
  const price = Math.round(Number(hiring.price) * 100);
  const expected = {
    completed: { paid: Math.round(price * 0.95), refunded: 0, escrow: 0 },
    failed: { paid: 0, refunded: price, escrow: 0 },
    held: { paid: 0, refunded: 0, escrow: price },
  }[hire.end];
  const { paid, refunded, escrow } = money;
  return escrow === expected.escrow && paid === expected.paid && refunded === expected.refunded;
}

async function stay(env: Environment, screen: Screen, signal: AbortSignal): Promise<void> {
  const { homeserver, storage, manager } = env.hiclaw;
  screen.say(`
  Left running; Ctrl-C ends it.
    marketplace  ${env.marketplaceUrl}   its own API: ${env.marketplaceUrl}/sandbox/hirings
    homeserver   ${homeserver.url}   as ${homeserver.adapter.userId}
    storage      ${storage.endpoint}   bucket ${storage.bucket}
    workers      ${manager.controlUrl}/sandbox/workers
    adapter      ${env.adapterCommand}`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

/** Asks until it is so; when the time is up, false, or an error when there is a complaint. */
async function waitFor(
  signal: AbortSignal,
  timeoutMs: number,
  complaint: string | undefined,
  isSo: () => Promise<boolean>,
): Promise<boolean> {
  const untilMs = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (signal.aborted) return false;
    if (Date.now() > untilMs) {
      if (complaint === undefined) return false;
      throw new Error(`${complaint} after ${timeoutMs / 1000} s`);
    }
    await wait(POLL_MS);
  }
  return true;
}
