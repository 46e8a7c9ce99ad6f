import { withoutToken } from '@agrenting-hiclaw/adapter/operations';
import {
  inQuotes,
  openQuestion,
  versionOf,
  type Decision,
  type HiringRecord,
} from '@agrenting-hiclaw/core/domain';
import { titleOf } from '@agrenting-hiclaw/hiclaw';
import { confirmed } from '../terminal/ask.ts';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import { block, styled } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { heldAsShown } from './held-result.ts';
import { questionAsShown } from './question.ts';
import { shownPrice } from './shown-price.ts';

/** Options of what decides about a hiring. */
export interface DecisionOptions extends CommonOptions {
  /** Nobody is asked. */
  readonly yes?: boolean | undefined;
  /** The version that was seen before. */
  readonly expect?: string | undefined;
}

const VERSION = /^[0-9a-f]{64}$/;

/** What is to be decided, asked as it is shown. */
const QUESTIONS: Readonly<Record<Decision['kind'], string>> = {
  restart: 'Hand it to its worker once more?',
  approve: 'Approve this?',
  fail: 'Report it as failed, so that the hirer is refunded?',
  hold: 'Hold it back?',
  submit: 'Settle your text as the result?',
};

/**
 * The version of a hiring that somebody agreed to decide about: the one that is shown here and said yes to, or the one that
 * was named beforehand. Undefined when they say no.
 */
export async function agreedVersion(
  terminal: Terminal,
  record: HiringRecord,
  decision: Decision,
  { yes = false, expect, json = false }: DecisionOptions,
): Promise<string | undefined> {
  if (expect !== undefined && !VERSION.test(expect)) {
    throw new CommandError(
      EXIT.usage,
      '--expect is no version of a hiring',
      'See `hirings show`, which names it.',
    );
  }
  if (yes || json || !terminal.interactive) {
    if (yes && expect !== undefined) return expect;
    throw new CommandError(
      EXIT.usage,
      yes ? '--expect is missing, so nobody knows what was seen' : 'Nobody can be asked here',
      'Look at it with `hirings show`, and give --yes --expect <version> with the version that stands there.',
    );
  }
  terminal.print(`${decisionAsShown(terminal, record, decision)}\n`);
  const version = expect ?? versionOf(record);
  return (await confirmed(terminal, QUESTIONS[decision.kind], false)) ? version : undefined;
}

/** As much as is read before a yes; the rest of a longer one is for --json. */
const MAX_SHOWN_CHARACTERS = 20_000;

/** What somebody is to decide about: which hiring, whose, for how much, and all that a yes would let go. */
export function decisionAsShown(terminal: Terminal, record: HiringRecord, decision: Decision): string {
  const { hiringId, state, attempt, heard } = record;
  const hiring = attempt?.hiring ?? heard.hiring;
  const attention = state === 'attention' ? (record.attention ?? attempt?.progress.attention) : undefined;
  const question = openQuestion(record);
  const clean = withoutToken(record);
  const rows: readonly (readonly [string, string])[] = [
    ['hiring', hiringId],
    ['title', inQuotes(titleOf(clean(hiring.description)))],
    ['worker', attempt?.progress.worker?.name ?? '-'],
    ['amount', hiring.price === undefined ? '-' : shownPrice(hiring.price)],
    ['state', attention === undefined ? state : `${state}: ${clean(attention.why)}`],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(8)} ${value}`),
    ...(attention?.quote === undefined
      ? []
      : ['', styled(terminal, 'bold', 'What the worker says'), block(clean(attention.quote))]),
    ...(question === undefined ? [] : ['', questionAsShown(terminal, question)]),
    ...(decision.kind === 'approve' && attention?.approves === 'work'
      ? ['', styled(terminal, 'bold', 'The task'), block(shortened(clean(hiring.description)))]
      : []),
    ...(attention?.held === undefined
      ? []
      : ['', heldAsShown(terminal, attention.held, MAX_SHOWN_CHARACTERS)]),
    ...(attention?.approves === 'result' && attention.held === undefined
      ? ['', 'The result is not kept here: look at it in the task folder.']
      : []),
    ...(decision.kind === 'submit'
      ? ['', styled(terminal, 'bold', 'Your result'), block(shortened(decision.text))]
      : []),
    ...(decision.kind === 'fail'
      ? ['', styled(terminal, 'bold', 'What the hirer reads'), block(decision.failure.text)]
      : []),
    '',
  ].join('\n');
}

function shortened(text: string): string {
  const left = text.length - MAX_SHOWN_CHARACTERS;
  return left > 0 ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}\n… and ${left} more characters` : text;
}
