import { openExistingStore } from '@agrenting-hiclaw/operations';
import { loadConfiguration } from '@agrenting-hiclaw/runtime';
import { configurationEnvironment } from '../configuration/loaded.ts';
import { confirmed } from './ask.ts';
import { EXIT, type ExitCode } from './command-error.ts';
import { failureOf } from './failure.ts';
import type { CommonOptions, Terminal } from './terminal.ts';

interface Deed {
  /** The command, such as `hirings retry`. */
  readonly path: string;
  /** What it is about, as it was typed. */
  readonly words: readonly string[];
  readonly options: CommonOptions & { readonly yes?: boolean; readonly dryRun?: boolean };
  /** Asked first; undefined where the command asks for itself, or nothing is lost by it. */
  readonly question: string | undefined;
  readonly action: (options: CommonOptions, ...words: string[]) => Promise<void>;
}

/** Runs what changes something, once it is agreed to, and notes it in the audit log, refused or done. */
export async function perform(terminal: Terminal, deed: Deed): Promise<void> {
  const { options, words, question, action } = deed;
  if (options.dryRun === true) return await action(options, ...words);
  if (question !== undefined && !(await confirmed(terminal, question, options.yes === true))) return;
  let exitCode: ExitCode = EXIT.done;
  try {
    await action(options, ...words);
  } catch (error) {
    ({ exitCode } = failureOf(error));
    throw error;
  } finally {
    await note(terminal, deed, exitCode);
  }
}

const MAX_NOTED = 200;

/** Where there is no store yet, there is nothing that it could have changed. */
async function note(terminal: Terminal, { path, words, options }: Deed, exitCode: ExitCode): Promise<void> {
  const loaded = await loadConfiguration(configurationEnvironment(terminal, options));
  if (loaded.kind === 'problems') return;
  const store = await openExistingStore(loaded.configuration).catch(() => undefined);
  if (store === undefined) return;
  try {
    await store.audit.note({
      atMs: Date.now(),
      who: terminal.user,
      role: 'shell',
      action: path,
      subject: words.join(' ').slice(0, MAX_NOTED),
      commandId: undefined,
      outcome: `exit ${exitCode}`,
      client: 'command line',
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    terminal.writeError(`agrenting-hiclaw: this was not noted in the audit log: ${why}\n`);
  } finally {
    await store.close();
  }
}
