import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { Secret } from '@agrenting-hiclaw/core/domain';
import {
  adapterPolicy,
  allow,
  createHomeserver,
  disallow,
  enterRoom,
  exitRoom,
  findWorkers,
  isInRoom,
  proveInOwnRoom,
  proveInWorkerRoom,
  signIn,
  signOut,
  signUp,
  type Homeserver,
  type MappedWorker,
  type SignInOutcome,
  type StorageAdmin,
} from '@agrenting-hiclaw/hiclaw';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { Draft } from '../configuration/draft.ts';
import { givenSecret } from '../configuration/given-secret.ts';
import { readSecretFile, writeSecretFile } from '../configuration/secret-file.ts';
import { confirmed } from '../terminal/ask.ts';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import { mark, printJson, type Mark } from '../terminal/show.ts';
import { configurationFile, type Terminal } from '../terminal/terminal.ts';
import { adminAccess, setupEnvironment, type SetupOptions } from './inputs.ts';
import { Journal } from './journal.ts';
import { storageAdminOf } from './storage-owner.ts';

/** Also the storage user's name and the local part of the Matrix id, unless `--account` says another. */
const ACCOUNT = 'agrenting';
const DEVICE = 'AGRENTING';
const DEFAULT_PROOF_SECONDS = 60;

/** One change, and what became of it. */
interface Line {
  readonly step: string;
  readonly status: 'done' | 'changed' | 'would change' | 'failed' | 'skipped';
  readonly detail: string;
}

/**
 * Gives the adapter its place in an existing HiClaw: a Matrix account, a seat in each worker's room, its id on each
 * worker's allow-lists, a storage user with the least rights; then proves that a message wakes each worker (HiClaw
 * reference, 3 and 5). Each change is shown before it is made; repeating it is harmless; `--undo` takes back what it made.
 */
export async function setup(terminal: Terminal, options: SetupOptions): Promise<void> {
  const run = await SetupRun.open(terminal, options);
  try {
    await (options.undo === true ? run.undo() : run.make());
  } finally {
    await run.close();
  }
  run.report();
}

class SetupRun {
  readonly #terminal: Terminal;
  readonly #options: SetupOptions;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #draft: Draft;
  readonly #journal: Journal;
  readonly #folder: string;
  readonly #url: string;
  readonly #lines: Line[] = [];
  #admin: Homeserver | undefined;
  #adapter: Homeserver | undefined;
  #adminToken: Secret | undefined;

  private constructor(
    terminal: Terminal,
    options: SetupOptions,
    environment: Readonly<Record<string, string | undefined>>,
    draft: Draft,
    journal: Journal,
    url: string,
  ) {
    this.#terminal = terminal;
    this.#options = options;
    this.#environment = environment;
    this.#draft = draft;
    this.#journal = journal;
    this.#folder = dirname(draft.file);
    this.#url = url;
  }

  static async open(terminal: Terminal, options: SetupOptions): Promise<SetupRun> {
    const draft = await Draft.read(resolve(terminal.folder, configurationFile(terminal, options)));
    const url = draft.text('matrix', 'homeserverUrl');
    if (url === undefined) {
      throw new CommandError(
        EXIT.usage,
        `${draft.file} has no matrix.homeserverUrl`,
        'Run `agrenting-hiclaw init`.',
      );
    }
    const journal = await Journal.open(join(dirname(draft.file), 'setup.json'));
    return new SetupRun(terminal, options, await setupEnvironment(terminal, options), draft, journal, url);
  }

  async make(): Promise<void> {
    await this.#account();
    await this.#signInAsAdmin();
    const workers = await this.#workers();
    for (const worker of workers) await this.#room(worker);
    const storage = this.#storageAdmin();
    for (const worker of workers) await this.#allowLists(storage, worker);
    await this.#storageUser(storage);
    if (this.#options.dryRun !== true) await this.#draft.save();
    if (this.#options.proof !== false) await this.#prove(workers);
  }

  /** Takes back what this command made, and nothing else. The account stays: Matrix ids are never given again. */
  async undo(): Promise<void> {
    if (this.#journal.made.length === 0) {
      this.#say('undo', 'skipped', 'set-up has made nothing here that is still there');
      return;
    }
    await this.#account(false);
    const storage = this.#storageAdmin();
    for (const entry of [...this.#journal.made].toReversed()) {
      const step = `${entry.what} of ${entry.of}`;
      if (this.#options.dryRun === true) {
        this.#say(step, 'would change', 'would be taken back');
        continue;
      }
      const problem = await this.#takeBack(entry.what, entry.of, storage);
      if (problem === undefined) {
        await this.#journal.forget(entry);
        this.#say(step, 'changed', 'taken back');
      } else {
        this.#say(step, 'failed', problem);
      }
    }
  }

  report(): void {
    const failed = this.#lines.filter(({ status }) => status === 'failed');
    if (this.#options.json === true) {
      printJson(this.#terminal, { configuration: this.#draft.file, steps: this.#lines });
    } else if (failed.length === 0 && this.#options.undo !== true) {
      const next =
        this.#options.dryRun === true
          ? 'Nothing was changed. Run it without --dry-run to make these changes.'
          : 'Next: agrenting-hiclaw register, which offers a worker on the marketplace.';
      this.#terminal.print(`\n${next}\n`);
    }
    if (failed.length > 0) {
      throw new CommandError(
        EXIT.failed,
        `${failed.length} of ${this.#lines.length} steps failed`,
        'Mend what is said above and run it again: what is done already is left alone.',
      );
    }
  }

  async close(): Promise<void> {
    this.#adapter?.close();
    this.#admin?.close();
    if (this.#adminToken !== undefined) await signOut(this.#url, this.#adminToken);
  }

  #say(step: string, status: Line['status'], detail: string): void {
    this.#lines.push({ step, status, detail });
    if (this.#options.json === true) return;
    const marks: Readonly<Record<Line['status'], Mark>> = {
      done: 'ok',
      changed: 'ok',
      'would change': 'change',
      failed: 'failed',
      skipped: 'skipped',
    };
    this.#terminal.print(`${mark(this.#terminal, marks[status])} ${step}: ${detail}\n`);
  }

  /** Shows a change and makes it, unless it is only to be shown. */
  async #change(step: string, what: string, make: () => Promise<string | undefined>): Promise<boolean> {
    if (this.#options.dryRun === true) {
      this.#say(step, 'would change', what);
      return false;
    }
    if (!(await confirmed(this.#terminal, `${step}: ${what}. Do it?`, this.#options.yes === true))) {
      this.#say(step, 'skipped', 'not wanted');
      return false;
    }
    const problem = await make();
    this.#say(step, problem === undefined ? 'changed' : 'failed', problem ?? what);
    return problem === undefined;
  }

  async #account(mayMake = true): Promise<void> {
    const tokenFile = this.#draft.text('matrix', 'accessTokenFile') ?? join(this.#folder, 'matrix.token');
    const userId = this.#draft.text('matrix', 'userId');
    const token = this.#draft.text('matrix', 'accessToken') ?? (await readSecretFile(tokenFile));
    if (userId !== undefined && token !== undefined) {
      const { whoami } = await import('@agrenting-hiclaw/hiclaw');
      const adapter = this.#homeserver(userId, new Secret(token));
      const check = await whoami(adapter);
      if (check.kind === 'usable') {
        this.#adapter = adapter;
        this.#say('account', 'done', `${userId} is logged in`);
        return;
      }
      adapter.close();
      throw new CommandError(
        EXIT.failed,
        check.problem,
        `If the token is lost, remove ${tokenFile} and run this again.`,
      );
    }
    if (!mayMake) throw new CommandError(EXIT.usage, `${this.#draft.file} names no Matrix account`);

    const name = this.#options.account ?? ACCOUNT;
    const registrationToken = await givenSecret({ environment: this.#environment }, [
      'HICLAW_REGISTRATION_TOKEN',
    ]);
    const passwordFile = join(this.#folder, 'matrix.password');
    const given = await givenSecret(this.#terminal, ['ADAPTER_MATRIX_PASSWORD']);
    const known = given ?? (await readSecretFile(passwordFile));
    if (known === undefined && registrationToken === undefined) {
      throw new CommandError(
        EXIT.usage,
        'neither a registration token nor the password of an account is known',
        'Give --hiclaw-env FILE (the env file of your HiClaw), or set HICLAW_REGISTRATION_TOKEN or ADAPTER_MATRIX_PASSWORD.',
      );
    }
    await this.#change(
      'account',
      `a Matrix account ${name} at ${this.#url}, its token in ${tokenFile}`,
      async () => {
        const password = new Secret(known ?? randomBytes(24).toString('base64url'));
        // On disk first: an account whose password nobody knows is lost.
        if (given === undefined) await writeSecretFile(passwordFile, password.reveal());
        const settings = { url: this.#url, name, password, deviceId: DEVICE };
        let outcome: SignInOutcome =
          registrationToken === undefined
            ? await signIn(settings)
            : await signUp(settings, new Secret(registrationToken));
        if (outcome.kind === 'taken') outcome = await signIn(settings);
        if (outcome.kind !== 'signed_in') return outcome.problem;
        await writeSecretFile(tokenFile, outcome.accessToken.reveal());
        this.#draft.set(['matrix', 'userId'], outcome.userId);
        this.#draft.set(['matrix', 'accessTokenFile'], tokenFile);
        await this.#draft.save();
        this.#adapter = this.#homeserver(outcome.userId, outcome.accessToken);
        return undefined;
      },
    );
  }

  async #signInAsAdmin(): Promise<void> {
    const access = await adminAccess(this.#environment, this.#options);
    if (access === undefined) return;
    const { name, password } = access;
    const settings = { url: this.#url, name, password: new Secret(password), deviceId: `${DEVICE}-SETUP` };
    const outcome = await signIn(settings);
    if (outcome.kind !== 'signed_in')
      throw new CommandError(EXIT.failed, `admin ${name}: ${outcome.problem}`);
    this.#adminToken = outcome.accessToken;
    this.#admin = this.#homeserver(outcome.userId, outcome.accessToken);
  }

  /** From the map of the configuration, and what the admin sees; written back to the map. */
  async #workers(): Promise<readonly MappedWorker[]> {
    const mapped = this.#mappedWorkers();
    const found = this.#admin === undefined ? undefined : await findWorkers(this.#admin);
    if (found?.kind === 'failed') throw new CommandError(EXIT.failed, found.problem);
    const wanted = this.#options.workers?.split(',').map((name) => name.trim());
    const all = new Map([...(found?.workers ?? []), ...mapped].map((worker) => [worker.name, worker]));
    const unknown = wanted?.filter((name) => !all.has(name)) ?? [];
    if (unknown.length > 0) {
      throw new CommandError(
        EXIT.usage,
        `no room of worker ${unknown.join(', ')} was found`,
        `Known are: ${[...all.keys()].join(', ') || 'none'}.`,
      );
    }
    const workers = [...all.values()].filter(({ name }) => wanted === undefined || wanted.includes(name));
    if (workers.length === 0) {
      throw new CommandError(
        EXIT.failed,
        'no worker was found',
        'Give the password of the admin (HICLAW_ADMIN_PASSWORD, or --hiclaw-env), or list workers under workers.list.',
      );
    }
    for (const worker of workers.filter(({ name }) => !mapped.some((known) => known.name === name))) {
      this.#draft.set(['workers', 'list', this.#mappedWorkers().length], { ...worker });
      this.#say(
        `worker ${worker.name}`,
        this.#options.dryRun === true ? 'would change' : 'changed',
        `${worker.userId} in ${worker.roomId}, into workers.list`,
      );
    }
    return workers;
  }

  #mappedWorkers(): readonly MappedWorker[] {
    const list = this.#draft.value('workers', 'list');
    if (!Array.isArray(list)) {
      if (this.#draft.value('workers') === undefined) this.#draft.set(['workers'], {});
      this.#draft.set(['workers', 'list'], []);
      return [];
    }
    return list.flatMap((_, index): readonly MappedWorker[] => {
      const text = (name: string) => this.#draft.text('workers', 'list', index, name);
      const [name, userId, roomId] = [text('name'), text('userId'), text('roomId')];
      return name === undefined || userId === undefined || roomId === undefined
        ? []
        : [{ name, userId, roomId }];
    });
  }

  async #room(worker: MappedWorker): Promise<void> {
    const step = `room of ${worker.name}`;
    const [admin, adapter] = [this.#admin, this.#adapter];
    if (adapter === undefined) {
      this.#say(step, 'would change', `the adapter is invited to ${worker.roomId} and joins`);
      return;
    }
    const present = await isInRoom(adapter, worker.roomId, adapter.userId);
    if (present === true) {
      this.#say(step, 'done', `the adapter is in ${worker.roomId}`);
      return;
    }
    if (admin === undefined) {
      this.#say(
        step,
        'failed',
        `the adapter is not in ${worker.roomId}: invite ${adapter.userId} there, or give the password of the admin`,
      );
      return;
    }
    await this.#change(step, `the adapter is invited to ${worker.roomId} and joins`, async () => {
      const outcome = await enterRoom(admin, adapter, worker);
      if (outcome.kind === 'failed') return outcome.problem;
      await this.#journal.note({ what: 'room', of: worker.name });
      return undefined;
    });
  }

  #storageAdmin(): StorageAdmin | undefined {
    return storageAdminOf(this.#terminal, this.#draft, this.#options);
  }

  async #allowLists(storage: StorageAdmin | undefined, worker: MappedWorker): Promise<void> {
    const step = `allow-lists of ${worker.name}`;
    if (storage === undefined) {
      this.#say(
        step,
        'skipped',
        `not looked at without --mc: ${this.#ourId()} has to be on both of its lists`,
      );
      return;
    }
    const key = `agents/${worker.name}/openclaw.json`;
    const read = await storage.read(key);
    if (read.kind === 'failed') {
      this.#say(step, 'failed', read.problem);
      return;
    }
    const edit = allow(read.output, this.#ourId());
    switch (edit.kind) {
      case 'unreadable':
        this.#say(step, 'failed', `${key}: ${edit.problem}`);
        return;
      case 'unchanged':
        this.#say(step, 'done', `${this.#ourId()} is on both`);
        return;
      case 'changed':
        await this.#change(step, `${this.#ourId()} goes on both lists in ${key}`, async () => {
          const written = await storage.write(key, edit.text);
          if (written.kind === 'failed') return written.problem;
          await this.#journal.note({ what: 'allow-list', of: worker.name });
          return undefined;
        });
    }
  }

  #ourId(): string {
    const server = this.#admin?.serverName ?? 'this HiClaw';
    return this.#adapter?.userId ?? `@${this.#options.account ?? ACCOUNT}:${server}`;
  }

  async #storageUser(storage: StorageAdmin | undefined): Promise<void> {
    const step = 'storage user';
    const secretFile = this.#draft.text('storage', 'secretKeyFile') ?? join(this.#folder, 'storage.secret');
    const known = this.#draft.text('storage', 'secretKey') ?? (await readSecretFile(secretFile));
    if (this.#draft.text('storage', 'accessKey') !== undefined && known !== undefined) {
      this.#say(step, 'done', 'its keys are in the configuration; doctor checks its rights');
      return;
    }
    if (storage === undefined) {
      this.#say(
        step,
        'failed',
        'cannot be made without --mc, and storage.accessKey and storage.secretKey are not set',
      );
      return;
    }
    await this.#change(
      step,
      `${ACCOUNT}, for shared/tasks/agrenting-* and shared/projects/agrenting-* of ${storage.bucket} only`,
      async () => {
        const secret = known ?? randomBytes(24).toString('base64url');
        await writeSecretFile(secretFile, secret);
        const made = await storage.giveUser(ACCOUNT, secret, adapterPolicy(storage.bucket));
        if (made.kind === 'failed') return made.problem;
        await this.#journal.note({ what: 'storage-user', of: ACCOUNT });
        this.#draft.set(['storage', 'accessKey'], ACCOUNT);
        this.#draft.set(['storage', 'secretKeyFile'], secretFile);
        return undefined;
      },
    );
  }

  async #prove(workers: readonly MappedWorker[]): Promise<void> {
    const [adapter, dryRun] = [this.#adapter, this.#options.dryRun === true];
    const patienceMs = Number(this.#options.proofSeconds ?? DEFAULT_PROOF_SECONDS) * 1_000;
    for (const worker of workers) {
      const step = `proof of ${worker.name}`;
      if (adapter === undefined || dryRun) {
        this.#say(step, 'would change', 'a message is said to it, which costs one answer of its model');
        continue;
      }
      this.#terminal.complain(`saying something to ${worker.name} …\n`);
      const options = { homeserver: adapter, clock: systemClock, worker, patienceMs };
      const own = await proveInOwnRoom(options);
      const proof = own.kind === 'heard' ? own : await proveInWorkerRoom(options);
      if (proof.kind === 'silent') {
        this.#say(step, 'failed', proof.problem);
        continue;
      }
      const rooms = own.kind === 'heard' ? 'per-hiring' : 'worker';
      const index = this.#mappedWorkers().findIndex(({ name }) => name === worker.name);
      this.#draft.set(['workers', 'list', index, 'rooms'], rooms);
      await this.#draft.save();
      const where =
        rooms === 'per-hiring' ? 'in a room of its own, so each hiring gets one' : 'in its own room only';
      this.#say(
        step,
        'done',
        `it heard us ${where} (${proof.sign} after ${(proof.afterMs / 1_000).toFixed(1)} s)`,
      );
    }
  }

  async #takeBack(what: string, of: string, storage: StorageAdmin | undefined): Promise<string | undefined> {
    const worker = this.#mappedWorkers().find(({ name }) => name === of);
    switch (what) {
      case 'room': {
        if (worker === undefined || this.#adapter === undefined) return 'it is in no map of workers any more';
        const left = await exitRoom(this.#adapter, worker);
        return left.kind === 'failed' ? left.problem : undefined;
      }
      case 'allow-list': {
        if (storage === undefined) return 'cannot be taken back without --mc';
        const key = `agents/${of}/openclaw.json`;
        const read = await storage.read(key);
        if (read.kind === 'failed') return read.problem;
        const edit = disallow(read.output, this.#ourId());
        if (edit.kind === 'unreadable') return edit.problem;
        const written = edit.kind === 'changed' ? await storage.write(key, edit.text) : read;
        return written.kind === 'failed' ? written.problem : undefined;
      }
      default: {
        if (storage === undefined) return 'cannot be taken back without --mc';
        const removed = await storage.removeUser(of);
        if (removed.kind === 'failed') return removed.problem;
        this.#draft.remove(['storage', 'accessKey']);
        await this.#draft.save();
        return undefined;
      }
    }
  }

  #homeserver(userId: string, accessToken: Secret): Homeserver {
    const serverName = userId.slice(userId.indexOf(':') + 1);
    return createHomeserver({ url: this.#url, serverName, userId, accessToken });
  }
}
