import { hiringsPage, type HiringsRequest } from '@agrenting-hiclaw/operations/hirings/hirings-page';
import { givenTask, type Page } from '@agrenting-hiclaw/operations';
import {
  agentIdSchema,
  hiringIdSchema,
  isEnd,
  openQuestion,
  STATES,
  type AgentId,
  type HiringId,
  type HiringRecord,
  type State,
  type ListedHiring,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import { sanitizeJson } from '@agrenting-hiclaw/core/sanitize';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { openExistingStore } from '@agrenting-hiclaw/operations/open-store';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { limitOf, printMore, type PagedOptions } from '../terminal/paged.ts';
import { printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { hiringAsShown, hiringsAsShown, summaryOf } from './shown-hiring.ts';

export interface ListOptions extends PagedOptions {
  readonly state?: string | undefined;
  readonly agent?: string | undefined;
  readonly worker?: string | undefined;
  readonly query?: string | undefined;
  /** Only those that need an operator. */
  readonly attention?: boolean | undefined;
}

const WATCH_EVERY_MS = 1_000;

/** Lists hirings by what is asked for, the newest first, with the cursor of those behind them. */
export async function listHirings(terminal: Terminal, options: ListOptions): Promise<void> {
  const limit = limitOf(options.limit);
  const { worker, query, cursor, attention } = options;
  const wanted = {
    state: options.state === undefined ? undefined : stateOf(options.state),
    agent: options.agent === undefined ? undefined : agentIdOf(options.agent),
    worker,
    query: query?.trim(),
    attention,
  };
  await withStore(terminal, options, async (store) => {
    const { items, nextCursor } = await wholePage(store, { ...wanted, limit, cursor });
    const hirings = items.map(({ record }) => summaryOf(record));
    if (options.json === true) return printJson(terminal, { hirings, nextCursor });
    if (hirings.length === 0) return terminal.print('no hirings\n');
    terminal.print(
      `${hiringsAsShown(
        terminal,
        items.map(({ record }) => record),
      )}\n`,
    );
    printMore(terminal, nextCursor);
  });
}

/** Goes through pages that hold fewer than they might until there are as many as are wanted, or no more. */
async function wholePage(store: Store, request: HiringsRequest): Promise<Page<ListedHiring>> {
  const items: ListedHiring[] = [];
  let { cursor } = request;
  for (;;) {
    const page = await hiringsPage(store, { ...request, limit: request.limit - items.length, cursor });
    items.push(...page.items);
    if (page.nextCursor === null || items.length >= request.limit) {
      return { items, nextCursor: page.nextCursor };
    }
    cursor = page.nextCursor;
  }
}

export async function showHiring(terminal: Terminal, id: string, options: CommonOptions): Promise<void> {
  await withStore(terminal, options, async (store) => {
    const { record, hiringId } = await findHiring(store, id);
    const history = await store.hirings.history(hiringId);
    const hiring = summaryOf(record);
    const { held } = record.attempt?.progress.attention ?? {};
    const question = openQuestion(record);
    const milestones = record.attempt?.progress.milestones ?? [];
    const received = (await store.deliveriesOf(hiringId)).map((form) => whenReceived(form));
    if (options.json === true) {
      const timeline = history.map(({ atMs, ...transition }) => ({
        at: new Date(atMs).toISOString(),
        ...transition,
      }));
      const task = givenTask(record);
      return printJson(terminal, { hiring, task, question, held, received, timeline, milestones });
    }
    terminal.print(`${hiringAsShown(terminal, { record, history, received })}\n`);
  });
}

/** By which intake, when and how often a delivery was received. */
export interface Receipts {
  readonly intake: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly times: number;
}

/** As it is printed. */
export function whenReceived({ intake, firstAtMs, lastAtMs, times }: Receipts) {
  return { intake, first: isoTime(firstAtMs), last: isoTime(lastAtMs), times };
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** Prints each transition as it happens, until the hiring has ended or it is stopped. */
export async function watchHiring(terminal: Terminal, id: string, options: CommonOptions): Promise<void> {
  const { systemClock } = await import('@agrenting-hiclaw/runtime');
  await withStore(terminal, options, async (store) => {
    let seen = 0;
    for (;;) {
      terminal.stop.throwIfAborted();
      const { record, hiringId } = await findHiring(store, id);
      const history = await store.hirings.history(hiringId);
      for (const { atMs, from, to, cause } of history.slice(seen)) {
        const at = new Date(atMs).toISOString();
        terminal.print(
          options.json === true
            ? `${sanitizeJson(JSON.stringify({ at, from, to, cause }))}\n`
            : `${at.slice(11, 19)}  ${from} → ${to}  ${cause}\n`,
        );
      }
      seen = history.length;
      if (isEnd(record.state)) return;
      await systemClock.sleep(WATCH_EVERY_MS, terminal.stop);
    }
  });
}

/** Runs something with the store of the configuration. */
export async function withStore(
  terminal: Terminal,
  options: CommonOptions,
  run: (store: Store, configuration: Configuration) => Promise<void>,
): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const store = await openExistingStore(configuration);
  try {
    await run(store, configuration);
  } finally {
    await store.close();
  }
}

/** The hiring that somebody named. */
export async function findHiring(
  store: Store,
  id: string,
): Promise<{ readonly record: HiringRecord; readonly hiringId: HiringId }> {
  const hiringId = hiringIdSchema.safeParse(id).data;
  if (hiringId === undefined)
    throw new CommandError(
      EXIT.usage,
      `${id} is not a hiring id (UUID)`,
      'List hirings with `agrenting-hiclaw hirings list`.',
    );
  const record = await store.hirings.find(hiringId);
  if (record === undefined) throw unknownHiring(id);
  return { record, hiringId };
}

/** For a hiring that is not there. */
export function unknownHiring(id: string): CommandError {
  return new CommandError(
    EXIT.usage,
    `no such hiring: ${id}`,
    'List hirings with `agrenting-hiclaw hirings list`.',
  );
}

function stateOf(text: string): State {
  const state = STATES.find((name) => name === text);
  if (state === undefined) throw new CommandError(EXIT.usage, `--state must be one of: ${STATES.join(', ')}`);
  return state;
}

function agentIdOf(text: string): AgentId {
  const agentId = agentIdSchema.safeParse(text.toLowerCase()).data;
  if (agentId === undefined) {
    throw new CommandError(
      EXIT.usage,
      `--agent must be an agent id (UUID)`,
      'List agents with `agrenting-hiclaw agents list`.',
    );
  }
  return agentId;
}
