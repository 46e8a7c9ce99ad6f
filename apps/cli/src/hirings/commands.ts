import type { OperatorCommand } from '@agrenting-hiclaw/core/domain';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import { printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { findHiring, unknownHiring, withStore } from './hirings.ts';

export interface FailOptions extends CommonOptions {
  readonly reason?: string | undefined;
}

const MAX_REASON_CHARACTERS = 500;

/** Hands a hiring that waits for a person to its worker once more. */
export async function retryHiring(terminal: Terminal, id: string, options: CommonOptions): Promise<void> {
  await tell(terminal, id, options, {
    command: { kind: 'restart' },
    done: 'is handed to its worker once more',
    unfit: 'only what waits for a person (attention) can be handed over again',
  });
}

/** Says yes to what waits for it: the work, or a held result. */
export async function approveHiring(terminal: Terminal, id: string, options: CommonOptions): Promise<void> {
  await tell(terminal, id, options, {
    command: { kind: 'approve' },
    done: 'goes on',
    unfit: 'nothing of it waits for a yes: `hirings show` says what it waits for',
  });
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
  await tell(terminal, id, options, {
    command: { kind: 'fail', failure: { reason: 'other', text } },
    done: 'is reported as failed, and the hirer refunded',
    unfit: 'only what waits for a person (attention) can be failed by hand',
  });
}

interface Telling {
  readonly command: OperatorCommand;
  readonly done: string;
  readonly unfit: string;
}

async function tell(
  terminal: Terminal,
  id: string,
  options: CommonOptions,
  { command, done, unfit }: Telling,
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
        throw new CommandError(EXIT.failed, `${id} is ${outcome.state}, and ${unfit}`);
      case 'refused':
        throw new CommandError(EXIT.usage, outcome.why);
    }
  });
}
