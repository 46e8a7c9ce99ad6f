import { dirname, join } from 'node:path';
import { DEFAULT_HICLAW_PROFILE, type HiclawProfile, type Secret } from '@agrenting-hiclaw/core/domain';
import {
  createHomeserver,
  PROFILES,
  type Controller,
  type Homeserver,
  type Profile,
} from '@agrenting-hiclaw/hiclaw';
import type { DetectedProfile, StorageAdmin } from '@agrenting-hiclaw/hiclaw/setup';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { draftProfile } from '../configuration/config-file-profile.ts';
import { ConfigFile } from '@agrenting-hiclaw/operations';
import { configurationFile, type Terminal } from '../terminal/terminal.ts';
import { SetupChanges } from './changes.ts';
import { controllerOf } from './controller.ts';
import { lookForProfile } from './hiclaw-profile.ts';
import { setupEnvironment, type SetupOptions } from './inputs.ts';
import { Journal } from './journal.ts';
import { storageAdminOf } from './storage-owner.ts';

/** Also the name of the storage user, and of the Matrix account unless `--account` says another. */
export const ACCOUNT = 'agrenting';
/** The same at every login, so that a repeated message is one event. */
export const DEVICE = 'AGRENTING';

/** A HiClaw, and the place that the adapter is to get in it: what every step of set-up works with. */
export class SetupContext {
  readonly terminal: Terminal;
  readonly options: SetupOptions;
  /** With the variables of HiClaw's own installation laid under it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly draft: ConfigFile;
  readonly journal: Journal;
  readonly changes: SetupChanges;
  /** Of the homeserver. */
  readonly url: string;
  /** The storage with its owner's rights, where they were given. */
  readonly storage: StorageAdmin | undefined;
  /** Where it is known how to reach it. */
  readonly controller: Controller | undefined;
  readonly profile: Profile;
  /** Once it is logged in. */
  adapter: Homeserver | undefined;
  /** Where the password was given. */
  admin: Homeserver | undefined;

  private constructor(
    terminal: Terminal,
    options: SetupOptions,
    environment: Readonly<Record<string, string | undefined>>,
    draft: ConfigFile,
    journal: Journal,
    url: string,
    profileName: HiclawProfile,
  ) {
    this.terminal = terminal;
    this.options = options;
    this.environment = environment;
    this.draft = draft;
    this.journal = journal;
    this.url = url;
    this.changes = new SetupChanges(terminal, options);
    this.profile = PROFILES[profileName];
    this.storage = storageAdminOf(terminal, draft, options, profileName);
    this.controller = controllerOf(terminal, draft);
  }

  static async open(terminal: Terminal, options: SetupOptions): Promise<SetupContext> {
    const draft = await ConfigFile.read(configurationFile(terminal, options));
    const url = draft.text('matrix', 'homeserverUrl');
    if (url === undefined) {
      throw new CommandError(
        EXIT.usage,
        `${draft.file} has no matrix.homeserverUrl`,
        'Run `agrenting-hiclaw init`.',
      );
    }
    const journal = await Journal.open(join(dirname(draft.file), 'setup.json'));
    const environment = await setupEnvironment(terminal, options);
    const said = draftProfile(draft);
    const looked = await lookForProfile({ environment }, draft, options);
    const found = looked.kind === 'detected' ? looked.profile : undefined;
    const context = new SetupContext(
      terminal,
      options,
      environment,
      draft,
      journal,
      url,
      said ?? found ?? DEFAULT_HICLAW_PROFILE,
    );
    context.#sayProfile(said, looked);
    return context;
  }

  /** What the configuration says counts; where it says nothing, what was found goes into it. */
  #sayProfile(said: HiclawProfile | undefined, looked: DetectedProfile): void {
    const { changes, draft } = this;
    if (looked.kind === 'unknown') {
      const assumed =
        said === undefined
          ? `, so ${DEFAULT_HICLAW_PROFILE} is assumed: set hiclaw.profile if it is another`
          : '';
      return changes.say(
        'profile',
        'skipped',
        `HiClaw ${said ?? DEFAULT_HICLAW_PROFILE}; ${looked.problem}${assumed}`,
      );
    }
    const { profile, by } = looked;
    if (said === profile) return changes.say('profile', 'done', `HiClaw ${profile} (${by})`);
    if (said !== undefined) {
      const problem = `hiclaw.profile is ${said}, but this is HiClaw ${profile} (${by}): correct it`;
      return changes.say('profile', 'failed', problem);
    }
    if (!changes.dry) draft.set(['hiclaw', 'profile'], profile);
    return changes.say('profile', changes.dry ? 'would change' : 'changed', `HiClaw ${profile} (${by})`);
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
