import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isAdapterRunning, COMMAND_HINTS, unavailableCommand } from '@agrenting-hiclaw/operations';
import {
  LIMITS,
  possibleCommands,
  utf8Bytes,
  versionOf,
  type CommandKind,
  type Decision,
  type HiringId,
  type OperatorCommand,
  type State,
  type Store,
  commandHiring,
} from '@agrenting-hiclaw/core/domain';
import { ownKnownSecrets, type Configuration } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { agreedVersion, type DecisionOptions } from './agreement.ts';
import { findHiring, unknownHiring, withStore } from './hirings.ts';

export interface FailOptions extends DecisionOptions {
  readonly reason?: string | undefined;
}

export interface SubmitOptions extends DecisionOptions {
  readonly text?: string | undefined;
  readonly file?: string | undefined;
}

export interface MessageOptions extends CommonOptions {
  readonly to?: string | undefined;
  readonly text?: string | undefined;
}

/** A longer file is no result, whatever is in it. */
const MAX_RESULT_BYTES = utf8Bytes(LIMITS.resultCharacters);

/** Hands a hiring in state attention over to its worker again. */
export async function retryHiring(terminal: Terminal, id: string, options: DecisionOptions): Promise<void> {
  await decide(
    terminal,
    id,
    options,
    { kind: 'restart' },
    {
      now: 'is handed to its worker once more',
      later: 'will be handed to its worker once more',
    },
  );
}

/** Says yes to what waits for it: the work, or a held result. */
export async function approveHiring(terminal: Terminal, id: string, options: DecisionOptions): Promise<void> {
  await decide(
    terminal,
    id,
    options,
    { kind: 'approve' },
    { now: 'goes on', later: 'is approved, and will go on' },
  );
}

/** Keeps a hiring back until it is said what becomes of it. */
export async function holdHiring(terminal: Terminal, id: string, options: DecisionOptions): Promise<void> {
  await decide(
    terminal,
    id,
    options,
    { kind: 'hold' },
    {
      now: 'is held: nothing of it is settled until you say so',
    },
  );
}

/** Reports a hiring in state attention as failed, so that the hirer is refunded. */
export async function failHiring(terminal: Terminal, id: string, options: FailOptions): Promise<void> {
  const text = options.reason?.trim() ?? '';
  if (text === '' || text.length > LIMITS.failureCharacters) {
    throw new CommandError(
      EXIT.usage,
      `--reason is missing or longer than ${LIMITS.failureCharacters} characters`,
      'The hirer reads it, such as --reason "The file that you named does not exist."',
    );
  }
  const command = { kind: 'fail', failure: { reason: 'other', text } } as const;
  await decide(terminal, id, options, command, {
    now: 'is reported as failed, and the hirer refunded',
    later: 'will be reported as failed, and the hirer refunded,',
  });
}

/** Settles a text of the operator as the result of a hiring in state attention. */
export async function submitHiring(terminal: Terminal, id: string, options: SubmitOptions): Promise<void> {
  const text = await resultOf(terminal, options);
  await decide(
    terminal,
    id,
    options,
    { kind: 'submit', text },
    {
      now: 'is settled with your result',
      later: 'will be settled with your result',
    },
  );
}

async function resultOf({ folder }: Terminal, { text, file }: SubmitOptions): Promise<string> {
  if ((text === undefined) === (file === undefined)) {
    throw new CommandError(
      EXIT.usage,
      text === undefined ? '--text or --file is missing' : '--text and --file were both given',
      'Pass the result with one of them.',
    );
  }
  if (file === undefined) return text ?? '';
  const path = resolve(folder, file);
  try {
    const { size } = await stat(path);
    if (size > MAX_RESULT_BYTES) {
      throw new CommandError(EXIT.usage, `${path} is longer than ${MAX_RESULT_BYTES} bytes`, 'Shorten it.');
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(EXIT.usage, `${path} cannot be read`, 'Pass a text file with --file.');
  }
}

/** Says something to the worker or the hirer of a hiring that a worker may still work on. */
export async function messageHiring(terminal: Terminal, id: string, options: MessageOptions): Promise<void> {
  const { to } = options;
  const text = options.text?.trim() ?? '';
  if (to !== 'worker' && to !== 'hirer') {
    throw new CommandError(EXIT.usage, '--to must be one of: worker, hirer', 'Pass the recipient.');
  }
  if (text === '' || text.length > LIMITS.messageCharacters) {
    throw new CommandError(
      EXIT.usage,
      `--text is missing or longer than ${LIMITS.messageCharacters} characters`,
      `The ${to} reads it, such as --text "Please use the second file."`,
    );
  }
  const command = { kind: 'message', to, text, source: randomUUID() } as const;
  await withStore(terminal, options, async (store, configuration) => {
    const { hiringId } = await findHiring(store, id);
    await applyCommand(store, configuration, hiringId, command);
    if (options.json === true) return printJson(terminal, { hiringId, command: command.kind });
    const done = {
      now: `has your message for its ${to}`,
      later: `has your message; the ${to} will receive it`,
    };
    terminal.print(`${hiringId} ${await wordsOf(store, done)}\n`);
  });
}

/** What is said of a command that was taken. */
interface Done {
  readonly now: string;
  /** Where no process of the adapter is there to do it; left out for what needs none. */
  readonly later?: string | undefined;
}

/** A command is stored at once; what it leads to is done by a process of the adapter. */
async function wordsOf(store: Store, { now, later }: Done): Promise<string> {
  if (later === undefined || (await isAdapterRunning(store))) return now;
  return `${later} once the adapter runs. No process of it runs now: start one with \`agrenting-hiclaw up\`.`;
}

/** Has something decided that somebody saw and agreed to. */
async function decide(
  terminal: Terminal,
  id: string,
  options: DecisionOptions,
  decision: Decision,
  done: Done,
): Promise<void> {
  await withStore(terminal, options, async (store, configuration) => {
    const { record, hiringId } = await findHiring(store, id);
    // Nobody is asked about what cannot be.
    if (!possibleCommands(record).includes(decision.kind)) {
      const now = versionOf(record);
      const { expect = now } = options;
      throw expect === now
        ? unfit(hiringId, record.state, decision.kind)
        : changed(hiringId, now, record.state);
    }
    const version = await agreedVersion(terminal, record, decision, options);
    await applyCommand(store, configuration, hiringId, { ...decision, version });
    if (options.json === true) return printJson(terminal, { hiringId, command: decision.kind });
    terminal.print(`${hiringId} ${await wordsOf(store, done)}\n`);
  });
}

/** Throws `CommandError` for what is not done. */
async function applyCommand(
  store: Store,
  configuration: Configuration,
  hiringId: HiringId,
  command: OperatorCommand,
): Promise<void> {
  const outcome = await commandHiring(store, hiringId, command, ownKnownSecrets(configuration));
  switch (outcome.kind) {
    case 'done':
      return;
    case 'absent':
      throw unknownHiring(hiringId);
    case 'busy':
      throw new CommandError(
        EXIT.unavailable,
        `${hiringId} is being processed`,
        'Try again in a few seconds.',
      );
    case 'changed':
      throw changed(hiringId, outcome.version);
    case 'unfit':
      throw unfit(hiringId, outcome.state, command.kind);
    case 'refused':
      throw new CommandError(EXIT.usage, outcome.why, 'Change the text.');
  }
}

function changed(hiringId: HiringId, version: string, state?: State): CommandError {
  const now = state === undefined ? '' : `: it is ${state} now`;
  return new CommandError(
    EXIT.failed,
    `${hiringId} has changed since you read it; nothing was done${now}`,
    `Read it again with \`hirings show\`. Its version is now ${version}.`,
  );
}

function unfit(hiringId: HiringId, state: State, kind: CommandKind): CommandError {
  return new CommandError(
    EXIT.failed,
    `${hiringId}: ${unavailableCommand(kind, state)}`,
    COMMAND_HINTS[kind],
  );
}
