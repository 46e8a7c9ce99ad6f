import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { WHEN_FIT } from '@agrenting-hiclaw/adapter/operations';
import type { OperatorCommand } from '@agrenting-hiclaw/core/domain';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import { printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { findHiring, unknownHiring, withStore } from './hirings.ts';

export interface FailOptions extends CommonOptions {
  readonly reason?: string | undefined;
}

export interface SubmitOptions extends CommonOptions {
  readonly text?: string | undefined;
  readonly file?: string | undefined;
}

export interface MessageOptions extends CommonOptions {
  readonly to?: string | undefined;
  readonly text?: string | undefined;
}

const MAX_REASON_CHARACTERS = 500;
const MAX_MESSAGE_CHARACTERS = 5_000;
/** More than any result may be long. */
const MAX_RESULT_BYTES = 1_000_000;

/** Hands a hiring that waits for a person to its worker once more. */
export async function retryHiring(terminal: Terminal, id: string, options: CommonOptions): Promise<void> {
  await tell(terminal, id, options, { kind: 'restart' }, 'is handed to its worker once more');
}

/** Says yes to what waits for it: the work, or a held result. */
export async function approveHiring(terminal: Terminal, id: string, options: CommonOptions): Promise<void> {
  await tell(terminal, id, options, { kind: 'approve' }, 'goes on');
}

/** Keeps a hiring back until it is said what becomes of it. */
export async function holdHiring(terminal: Terminal, id: string, options: CommonOptions): Promise<void> {
  await tell(terminal, id, options, { kind: 'hold' }, 'is held: nothing of it is settled until you say so');
}

/** Reports a hiring that waits for a person as failed, so that the hirer is refunded. */
export async function failHiring(terminal: Terminal, id: string, options: FailOptions): Promise<void> {
  const text = options.reason?.trim() ?? '';
  if (text === '' || text.length > MAX_REASON_CHARACTERS) {
    throw new CommandError(
      EXIT.usage,
      `--reason is missing or longer than ${MAX_REASON_CHARACTERS} characters`,
      'It is what the hirer reads, such as --reason "The file that you named is not there."',
    );
  }
  const command = { kind: 'fail', failure: { reason: 'other', text } } as const;
  await tell(terminal, id, options, command, 'is reported as failed, and the hirer refunded');
}

/** Settles a text of the owner as the result of a hiring that waits for a person. */
export async function submitHiring(terminal: Terminal, id: string, options: SubmitOptions): Promise<void> {
  const text = await resultOf(terminal, options);
  await tell(terminal, id, options, { kind: 'submit', text }, 'is settled with your result');
}

async function resultOf({ folder }: Terminal, { text, file }: SubmitOptions): Promise<string> {
  if ((text === undefined) === (file === undefined)) {
    throw new CommandError(
      EXIT.usage,
      text === undefined ? '--text or --file is missing' : '--text and --file were both given',
      'Give the result by one of them.',
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
    throw new CommandError(EXIT.usage, `${path} cannot be read`, 'Name a file of text by --file.');
  }
}

/** Says something to the worker or the hirer of a hiring that a worker may still work on. */
export async function messageHiring(terminal: Terminal, id: string, options: MessageOptions): Promise<void> {
  const { to } = options;
  const text = options.text?.trim() ?? '';
  if (to !== 'worker' && to !== 'hirer') {
    throw new CommandError(EXIT.usage, '--to is neither worker nor hirer', 'Say whom you mean.');
  }
  if (text === '' || text.length > MAX_MESSAGE_CHARACTERS) {
    throw new CommandError(
      EXIT.usage,
      `--text is missing or longer than ${MAX_MESSAGE_CHARACTERS} characters`,
      `It is what the ${to} reads, such as --text "Please use the second file."`,
    );
  }
  const command = { kind: 'message', to, text, source: randomUUID() } as const;
  await tell(terminal, id, options, command, `has your words for its ${to}`);
}

async function tell(
  terminal: Terminal,
  id: string,
  options: CommonOptions,
  command: OperatorCommand,
  done: string,
): Promise<void> {
  await withStore(terminal, options, async (store) => {
    const { hiringId } = await findHiring(store, id);
    const outcome = await store.tell(hiringId, command);
    switch (outcome.kind) {
      case 'done':
        if (options.json === true) return printJson(terminal, { hiringId, command: command.kind });
        return terminal.print(`${hiringId} ${done}\n`);
      case 'absent':
        throw unknownHiring(id);
      case 'busy':
        throw new CommandError(
          EXIT.unavailable,
          `${id} is worked on this moment`,
          'Try again in a few seconds.',
        );
      case 'unfit':
        throw new CommandError(
          EXIT.failed,
          `${id} is ${outcome.state}, which has no such move`,
          WHEN_FIT[command.kind],
        );
      case 'refused':
        throw new CommandError(EXIT.usage, outcome.why, 'Change the text.');
    }
  });
}
