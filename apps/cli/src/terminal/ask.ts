import { sanitize } from '@agrenting-hiclaw/core/sanitize';
import { CommandError, EXIT } from './command-error.ts';
import type { Terminal } from './terminal.ts';

export interface Question {
  readonly message: string;
  /** The option or variable that answers it where nobody can be asked. */
  readonly option: string;
  readonly preset?: string | undefined;
  /** True, or what is wrong with the answer. */
  readonly check?: ((answer: string) => true | string | Promise<true | string>) | undefined;
}

/** The answer that was given as an option; else the preset where nobody is to be asked; else what the person says. */
export async function ask(
  terminal: Terminal,
  question: Question,
  given: string | undefined,
  assumeYes: boolean,
): Promise<string> {
  const { message, option, preset, check } = question;
  const settled = given ?? (assumeYes || !terminal.interactive ? preset : undefined);
  if (settled === undefined) {
    if (!terminal.interactive || assumeYes) {
      throw new CommandError(EXIT.usage, `${subjectOf(question)} is not known`, `Give ${option}.`);
    }
    const { input } = await import('@inquirer/prompts');
    return await input({
      message: sanitize(message),
      // What a terminal would obey is shown by its code, and so it is no answer that can be taken over.
      ...(preset === undefined || preset !== sanitize(preset) ? {} : { default: preset }),
      ...(check === undefined ? {} : { validate: async (answer) => shown(await check(answer)) }),
    });
  }
  const verdict = (await check?.(settled)) ?? true;
  if (verdict !== true) throw new CommandError(EXIT.usage, `${subjectOf(question)}: ${verdict}`);
  return settled;
}

/** A secret, which is never echoed and never an option. */
export async function askSecret(
  terminal: Terminal,
  question: Pick<Question, 'message' | 'option'>,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined && given !== '') return given;
  if (!terminal.interactive) {
    throw new CommandError(EXIT.usage, `${question.message} is not known`, `Set ${question.option}.`);
  }
  const { password } = await import('@inquirer/prompts');
  return await password({ message: sanitize(question.message), mask: true });
}

/** A yes or no; yes where it was given beforehand, no where nobody can be asked. */
export async function confirmed(terminal: Terminal, message: string, assumeYes: boolean): Promise<boolean> {
  if (assumeYes) return true;
  if (!terminal.interactive) {
    throw new CommandError(
      EXIT.usage,
      'there is no terminal to ask for confirmation',
      'Pass --yes to confirm beforehand; see --help for what else the command takes.',
    );
  }
  const { confirm } = await import('@inquirer/prompts');
  return await confirm({ message: sanitize(message), default: false });
}

/** Somebody was asked and said no: nothing is changed, and no more has to be said. */
export class Declined extends Error {
  override readonly name = 'Declined';
}

/** The same for what must not go on without a yes. Throws `Declined` for a no. */
export async function agreed(terminal: Terminal, message: string, assumeYes: boolean): Promise<void> {
  if (!(await confirmed(terminal, message, assumeYes))) throw new Declined(message);
}

/** Prompts write to the terminal by themselves. */
function shown(verdict: true | string): true | string {
  return verdict === true ? true : sanitize(verdict);
}

/** What is asked for, without the mark at its end. */
function subjectOf({ message: asked }: Pick<Question, 'message'>): string {
  return asked.replace(/[?:]$/, '');
}
