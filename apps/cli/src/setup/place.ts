import { dirname, join } from 'node:path';
import type { Secret } from '@agrenting-hiclaw/core/domain';
import { createHomeserver, type Homeserver, type StorageAdmin } from '@agrenting-hiclaw/hiclaw';
import { Draft } from '../configuration/draft.ts';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import { configurationFile, type Terminal } from '../terminal/terminal.ts';
import { Changes } from './changes.ts';
import { setupEnvironment, type SetupOptions } from './inputs.ts';
import { Journal } from './journal.ts';
import { storageAdminOf } from './storage-owner.ts';

/** Also the name of the storage user, and of the Matrix account unless `--account` says another. */
export const ACCOUNT = 'agrenting';
/** The same at every login, so that a repeated message is one event. */
export const DEVICE = 'AGRENTING';

/** A HiClaw, and the place that the adapter is to get in it: what every step of set-up works with. */
export class Place {
  readonly terminal: Terminal;
  readonly options: SetupOptions;
  /** With the variables of HiClaw's own installation laid under it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly draft: Draft;
  readonly journal: Journal;
  readonly changes: Changes;
  /** Of the homeserver. */
  readonly url: string;
  /** The storage with its owner's rights, where they were given. */
  readonly storage: StorageAdmin | undefined;
  /** Once it is logged in. */
  adapter: Homeserver | undefined;
  /** Where the password was given. */
  admin: Homeserver | undefined;

  private constructor(
    terminal: Terminal,
    options: SetupOptions,
    environment: Readonly<Record<string, string | undefined>>,
    draft: Draft,
    journal: Journal,
    url: string,
  ) {
    this.terminal = terminal;
    this.options = options;
    this.environment = environment;
    this.draft = draft;
    this.journal = journal;
    this.url = url;
    this.changes = new Changes(terminal, options);
    this.storage = storageAdminOf(terminal, draft, options);
  }

  static async open(terminal: Terminal, options: SetupOptions): Promise<Place> {
    const draft = await Draft.read(configurationFile(terminal, options));
    const url = draft.text('matrix', 'homeserverUrl');
    if (url === undefined) {
      throw new CommandError(
        EXIT.usage,
        `${draft.file} has no matrix.homeserverUrl`,
        'Run `agrenting-hiclaw init`.',
      );
    }
    const journal = await Journal.open(join(dirname(draft.file), 'setup.json'));
    return new Place(terminal, options, await setupEnvironment(terminal, options), draft, journal, url);
  }

  /** A file beside the configuration. */
  file(name: string): string {
    return join(dirname(this.draft.file), name);
  }

  /** The adapter's Matrix id, as far as it is known. */
  get ourId(): string {
    const server = this.admin?.serverName ?? 'this HiClaw';
    return this.adapter?.userId ?? `@${this.options.account ?? ACCOUNT}:${server}`;
  }

  homeserver(userId: string, accessToken: Secret): Homeserver {
    return createHomeserver({ url: this.url, userId, accessToken });
  }
}
