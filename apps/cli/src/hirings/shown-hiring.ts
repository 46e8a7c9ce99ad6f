import { displayTitle, givenTask } from '@agrenting-hiclaw/operations';
import {
  currentHiring,
  concernOf,
  counted,
  inQuotes,
  openQuestion,
  versionOf,
  type ConcernCode,
  type HiringRecord,
  type State,
  attentionTexts,
  attentionWhy,
  attentionOf,
  stepFailureText,
} from '@agrenting-hiclaw/core/domain';
import { folded } from '../terminal/fold.ts';
import { block, shortTime, styled, table } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { heldAsShown } from './held-result.ts';
import { questionAsShown } from './question.ts';
import { shownPrice } from './shown-price.ts';
import { taskAsShown } from './task.ts';

/** What stands before why a person is needed. */
const PERSON_INDENT = 'A person is needed: '.length;
/** As much of a task or a result as is read on a terminal. */
const MAX_HELD_CHARACTERS = 4_000;

/** A hiring as it is shown: nothing of it is a secret, and of the hirer's own words only the title is there. */
export function summaryOf(record: HiringRecord) {
  const { hiringId, agentId, state, receivedAtMs, attempt, received, lastFailure } = record;
  const hiring = attempt === undefined ? received.hiring : currentHiring(attempt);
  const attention = attentionOf(record);
  const concern = concernOf(record);
  return {
    hiringId,
    version: versionOf(record),
    agentId,
    state,
    title: displayTitle(record),
    receivedAt: new Date(receivedAtMs).toISOString(),
    attempt: attempt?.number ?? 0,
    worker: attempt?.progress.worker?.name,
    room: attempt?.progress.worker?.roomId,
    capability: hiring.capability,
    price: hiring.price,
    money: record.money,
    deadline: hiring.deadlineAtMs === undefined ? undefined : new Date(hiring.deadlineAtMs).toISOString(),
    messages: attempt?.progress.messages.length ?? 0,
    needs:
      attention === undefined
        ? undefined
        : {
            reason: attention.reason.code,
            why: attentionWhy(attention.reason),
            todo: attentionTexts(record)?.todo,
            quote: attention.quote,
          },
    concern:
      concern === undefined
        ? undefined
        : { code: concern.code, since: new Date(concern.sinceMs).toISOString() },
    lastFailure:
      lastFailure === undefined
        ? undefined
        : { count: lastFailure.count, problem: stepFailureText(lastFailure.reason) },
  };
}

/** What an operator may want to know although no action is needed. */
const CONCERNS: Readonly<Record<ConcernCode, (since: string) => string>> = {
  settlement_delayed: (since) =>
    `The marketplace has not accepted the settlement since ${shortTime(since)} UTC. The adapter retries automatically.`,
};

/** Fields in words or numbers of ours; the others come from the marketplace, and stand in quotation marks. */
const OURS: ReadonlySet<string> = new Set([
  'hiringId',
  'version',
  'agentId',
  'state',
  'receivedAt',
  'attempt',
  'worker',
  'room',
  'deadline',
  'messages',
  'money',
]);

function fieldAsShown(name: string, value: string): string {
  if (name === 'price') return shownPrice(value);
  return OURS.has(name) ? value : inQuotes(value, 100);
}

/** As much of a title as leaves room beside it. */
const LISTED_TITLE = 32;

/** Hirings as rows of a table. */
export function hiringsAsShown(terminal: Terminal, records: readonly HiringRecord[]): string {
  const rows = records
    .map((record) => summaryOf(record))
    .map((hiring) => [
      hiring.hiringId,
      hiring.state,
      hiring.title === '' ? '-' : inQuotes(hiring.title, LISTED_TITLE),
      hiring.worker ?? '-',
      hiring.price === undefined ? '-' : shownPrice(hiring.price),
      shortTime(hiring.receivedAt),
      hiring.needs?.why ?? hiring.lastFailure?.problem ?? '',
    ]);
  return table(terminal, ['HIRING', 'STATE', 'TITLE', 'WORKER', 'PRICE', 'RECEIVED (UTC)', 'NEEDS'], rows);
}

/** What is known of a hiring. */
export interface KnownHiring {
  readonly record: HiringRecord;
  readonly history: readonly {
    readonly atMs: number;
    readonly attempt: number;
    readonly from: State;
    readonly to: State;
    readonly cause: string;
  }[];
  readonly received: readonly { readonly intake: string; readonly first: string; readonly times: number }[];
}

/** All of a hiring that somebody wants to know: words that are not ours stand in quotation marks or behind `|`. */
export function hiringAsShown(terminal: Terminal, { record, history, received }: KnownHiring): string {
  const hiring = summaryOf(record);
  const { held } = record.attempt?.progress.attention ?? {};
  const question = openQuestion(record);
  const { needs, concern, lastFailure } = hiring;
  const fields = Object.entries(hiring).flatMap(([name, value]) =>
    value === undefined || typeof value === 'object'
      ? []
      : [folded(terminal, `${name.padEnd(11)} ${fieldAsShown(name, String(value))}`, 12)],
  );
  // Several of one intake are different texts: a hirer's retry, or one of them is not the marketplace's.
  const forms = received.map(({ intake, first, times }) => [intake, shortTime(first), String(times)]);
  const transitions = history.map(({ atMs, attempt, from, to, cause }) => [
    shortTime(new Date(atMs).toISOString()),
    String(attempt),
    from === to ? to : `${from} → ${to}`,
    cause,
  ]);
  const quote = needs?.quote;
  return [
    fields.join('\n'),
    ...(needs === undefined
      ? []
      : [
          `${styled(terminal, 'yellow', 'Needs an operator')}: ${folded(terminal, needs.why, PERSON_INDENT)}\n  ${folded(terminal, needs.todo ?? '', 2)}`,
        ]),
    ...(quote === undefined
      ? []
      : [`${styled(terminal, 'bold', 'Message from the worker')}\n${block(terminal, quote)}`]),
    ...(question === undefined ? [] : [questionAsShown(terminal, question)]),
    ...(needs === undefined ? [] : [taskAsShown(terminal, givenTask(record), MAX_HELD_CHARACTERS)]),
    ...(held === undefined ? [] : [heldAsShown(terminal, held, MAX_HELD_CHARACTERS)]),
    ...(concern === undefined ? [] : [folded(terminal, CONCERNS[concern.code](concern.since), 2)]),
    ...(lastFailure === undefined
      ? []
      : [
          folded(
            terminal,
            `Failing for ${counted(lastFailure.count, 'attempt', 'attempts')}: ${lastFailure.problem}`,
            2,
          ),
        ]),
    table(terminal, ['RECEIVED BY', 'FIRST AT (UTC)', 'TIMES'], forms),
    table(terminal, ['AT (UTC)', 'ATTEMPT', 'STATE', 'BECAUSE'], transitions),
  ].join('\n\n');
}
