import type { Store } from '@agrenting-hiclaw/core/domain';
import { openExistingStore } from '@agrenting-hiclaw/operations';
import { OperationError } from '@agrenting-hiclaw/operations/operation-error';
import { loadConfiguration } from '@agrenting-hiclaw/runtime';
import { configurationEnvironment } from '../configuration/loaded.ts';
import { agreed, Declined } from './ask.ts';
import { EXIT, type ExitCode } from './command-error.ts';
import { failureOf } from './failure.ts';
import type { CommonOptions, Terminal } from './terminal.ts';

interface Deed {
  /** The command, such as `hirings retry`. */
  readonly path: string;
  /** What it is about, as it was typed. */
  readonly words: readonly string[];
  readonly options: CommonOptions & {
    readonly yes?: boolean;
    readonly dryRun?: boolean;
    readonly all?: boolean;
    readonly worker?: string;
    readonly name?: string;
  };
  /** Asked first; undefined where the command asks for itself, or nothing is lost by it. */
  readonly question: string | undefined;
  readonly action: (options: CommonOptions, ...words: string[]) => Promise<void>;
}

/** Runs what changes something, once it is agreed to, and notes it in the audit log, refused or done. */
export async function perform(terminal: Terminal, deed: Deed): Promise<void> {
  const { options, words, question, action } = deed;
  if (options.dryRun === true) return await action(options, ...words);
  if (question !== undefined) await agreed(terminal, question, options.yes === true);
  let exitCode: ExitCode = EXIT.done;
  let isDeclined = false;
  try {
    await action(options, ...words);
  } catch (error) {
    isDeclined = error instanceof Declined;
    ({ exitCode } = failureOf(error));
    throw error;
  } finally {
    if (!isDeclined) await note(terminal, deed, exitCode);
  }
}

const MAX_NOTED = 200;

/** Where there is no store yet, there is nothing that it could have changed. */
async function note(terminal: Terminal, { path, words, options }: Deed, exitCode: ExitCode): Promise<void> {
  const unnoted = (why: string): void => {
    // Set-up comes before the store, and what failed has said why.
    if (exitCode !== EXIT.done || path === 'setup') return;
    terminal.writeError(`agrenting-hiclaw: this was not noted in the audit log: ${why}\n`);
  };
  const loaded = await loadConfiguration(configurationEnvironment(terminal, options));
  if (loaded.kind === 'problems') return unnoted('the configuration is not complete here');
  let store: Store | undefined;
  try {
    store = await openExistingStore(loaded.configuration);
    await store.audit.note({
      atMs: Date.now(),
      who: terminal.user,
      role: 'shell',
      action: path,
      subject: subjectOf(words, options).slice(0, MAX_NOTED),
      commandId: undefined,
      outcome: `exit ${exitCode}`,
      client: 'command line',
    });
  } catch (error) {
    if (error instanceof OperationError && error.kind === 'conflict') return;
    unnoted(error instanceof Error ? error.message : String(error));
  } finally {
    await store?.close();
  }
}

function subjectOf(words: readonly string[], { worker, name, all }: Deed['options']): string {
  if (words.length > 0) return words.join(' ');
  return worker ?? name ?? (all === true ? 'all' : '');
}
