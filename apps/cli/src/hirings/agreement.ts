import { displayTitle, withoutToken } from '@agrenting-hiclaw/operations';
import {
  inQuotes,
  openQuestion,
  versionOf,
  type Attention,
  type Decision,
  type HiringRecord,
  attentionWhy,
  attentionOf,
} from '@agrenting-hiclaw/core/domain';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { agreed } from '../terminal/ask.ts';
import { folded } from '../terminal/fold.ts';
import { block, styled } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { heldAsShown } from './held-result.ts';
import { charactersOf, disclosedBy } from './disclosure.ts';
import { questionAsShown } from './question.ts';
import { shownPrice } from './shown-price.ts';
import { taskAsShown } from './task.ts';

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
 * was named beforehand. Throws `Declined` when they say no.
 */
export async function agreedVersion(
  terminal: Terminal,
  record: HiringRecord,
  decision: Decision,
  { yes = false, expect, json = false }: DecisionOptions,
): Promise<string> {
  if (expect !== undefined && !VERSION.test(expect)) {
    throw new CommandError(
      EXIT.usage,
      '--expect is not a version of a hiring',
      'Find it with `hirings show`.',
    );
  }
  if (yes || json || !terminal.interactive) {
    if (yes && expect !== undefined) return expect;
    throw new CommandError(
      EXIT.usage,
      yes ? '--expect is missing' : 'There is no terminal',
      'Run `hirings show`, then pass --yes --expect <version> with the version that it prints.',
    );
  }
  if (charactersOf(disclosedBy(record, openAttention(record), decision)) > MAX_READ_CHARACTERS) {
    throw new CommandError(
      EXIT.usage,
      `There are more than ${MAX_READ_CHARACTERS} characters to approve, too many for a prompt`,
      `Write it into a file with \`agrenting-hiclaw hirings show ${record.hiringId} --json > hiring.json\`, read it, and pass --yes --expect <version> with the version in it.`,
    );
  }
  terminal.print(`${decisionAsShown(terminal, record, decision)}\n`);
  const version = expect ?? versionOf(record);
  await agreed(terminal, QUESTIONS[decision.kind], false);
  return version;
}

/** No terminal keeps more for its reader to scroll back to, so no yes is taken for it there. */
const MAX_READ_CHARACTERS = 20_000;
/** As much of a result as is shown beside a decision that does not settle it. */
const MAX_ASIDE_CHARACTERS = 4_000;

/** Where the values stand beside their names. */
const ROW_INDENT = 9;

/** What somebody is to decide about: which hiring, whose, for how much, and all that a yes would let go. */
export function decisionAsShown(terminal: Terminal, record: HiringRecord, decision: Decision): string {
  const { hiringId, state, attempt, received } = record;
  const hiring = attempt?.hiring ?? received.hiring;
  const attention = openAttention(record);
  const question = openQuestion(record);
  const clean = withoutToken(record);
  const { task, result } = disclosedBy(record, attention, decision);
  const rows: readonly (readonly [string, string])[] = [
    ['hiring', hiringId],
    ['title', inQuotes(displayTitle(record))],
    ['worker', attempt?.progress.worker?.name ?? '-'],
    ['amount', hiring.price === undefined ? '-' : shownPrice(hiring.price)],
    ['state', attention === undefined ? state : `${state}: ${clean(attentionWhy(attention.reason))}`],
  ];
  return [
    ...rows.map(([name, value]) => folded(terminal, `${name.padEnd(8)} ${value}`, ROW_INDENT)),
    ...(attention?.quote === undefined
      ? []
      : ['', styled(terminal, 'bold', 'Message from the worker'), block(terminal, clean(attention.quote))]),
    ...(question === undefined ? [] : ['', questionAsShown(terminal, question)]),
    ...(task === undefined ? [] : ['', taskAsShown(terminal, task)]),
    ...(result === undefined ? [] : ['', heldAsShown(terminal, result)]),
    ...(attention?.held === undefined || result !== undefined
      ? []
      : ['', heldAsShown(terminal, attention.held, MAX_ASIDE_CHARACTERS)]),
    ...(attention?.approves === 'result' && attention.held === undefined
      ? ['', 'The result is not kept here: look at it in the task folder.']
      : []),
    ...(decision.kind === 'submit'
      ? ['', styled(terminal, 'bold', 'Your result'), block(terminal, decision.text)]
      : []),
    ...(decision.kind === 'fail'
      ? ['', styled(terminal, 'bold', 'What the hirer reads'), block(terminal, decision.failure.text)]
      : []),
    '',
  ].join('\n');
}

function openAttention(record: HiringRecord): Attention | undefined {
  return record.state === 'attention' ? attentionOf(record) : undefined;
}
