import { randomBytes } from 'node:crypto';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { createHomeserver, whoami, workerSettingsKey } from '@agrenting-hiclaw/hiclaw';
import { signIn, type StorageAdmin } from '@agrenting-hiclaw/hiclaw/setup';
import { z } from 'zod';
import { ConfigFile } from '@agrenting-hiclaw/operations';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { givenSecret } from '../configuration/given-secret.ts';
import { mappedWorkers } from '../configuration/mapped-workers.ts';
import { storageAdminOf, type StorageOwnerOptions } from '../setup/storage-owner.ts';
import { agreed } from '../terminal/ask.ts';
import { mark, printJson, table } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';

export interface TokensOptions extends CommonOptions, StorageOwnerOptions {
  readonly yes?: boolean | undefined;
}

type TokenState =
  | 'usable'
  /** As in HiClaw 1.0, where a worker logs in at each start and does not share the token. */
  | 'stale'
  /** Never set; some write PLACEHOLDER. */
  | 'none'
  | 'unknown';

interface TokenReport {
  readonly worker: string;
  readonly state: TokenState;
  readonly detail: string;
}

const settingsSchema = z.looseObject({
  channels: z.looseObject({ matrix: z.looseObject({ accessToken: z.string().default('') }) }),
});

const STALE =
  'refused by the homeserver; expected in HiClaw 1.0, where the worker logs in at each start. Check the worker with `workers ping`';

/** Of each worker, whether the Matrix token in its settings in storage is one (adapter page, E1; HiClaw reference, 3.3). */
export async function checkTokens(terminal: Terminal, options: TokensOptions): Promise<void> {
  const { draft, storage } = await open(terminal, options);
  const url = homeserverOf(draft);
  const reports: TokenReport[] = [];
  for (const { name, userId } of mappedWorkers(draft)) reports.push(await lookAt(storage, url, name, userId));
  if (options.json === true) return printJson(terminal, { tokens: reports });
  const rows = reports.map(({ worker, state, detail }) => [worker, state, detail]);
  terminal.print(`${table(terminal, ['WORKER', 'TOKEN', ''], rows) || 'no worker is in workers.list'}\n`);
}

/**
 * Logs in as a worker and puts the token into its settings in storage (adapter page, E2). For a worker that was never
 * given one; a worker that runs has a token of its own.
 */
export async function loginWorker(terminal: Terminal, name: string, options: TokensOptions): Promise<void> {
  const { draft, storage } = await open(terminal, options);
  const url = homeserverOf(draft);
  const worker = mappedWorkers(draft).find((each) => each.name === name);
  if (worker === undefined) throw new CommandError(EXIT.usage, `no such worker in workers.list: ${name}`);
  const key = workerSettingsKey(name);
  const read = await storage.read(key);
  if (read.kind === 'failed') throw new CommandError(EXIT.failed, read.problem);
  const settings = settingsSchema.safeParse(parse(read.output)).data;
  if (settings === undefined) throw new CommandError(EXIT.failed, `${key} has no channels.matrix`);
  terminal.writeError(
    [
      `This logs in as ${worker.userId} and writes the token into ${key}, in clear:`,
      '  - Others who may read that object can act as the worker.',
      '  - Some homeservers end the token that the worker uses now; then it receives nothing until it is restarted.',
      '  - In HiClaw 1.0 and 1.2 workers get their token by themselves, and this is not needed.',
      '',
    ].join('\n'),
  );
  await agreed(terminal, 'Do it?', options.yes === true);
  const password = new Secret(await passwordOf(terminal, storage, name));
  const deviceId = `AGRENTING-${randomBytes(4).toString('hex').toUpperCase()}`;
  const outcome = await signIn({ url, name, password, deviceId });
  if (outcome.kind === 'unavailable') throw new CommandError(EXIT.unavailable, outcome.problem);
  if (outcome.kind !== 'signed_in') throw new CommandError(EXIT.failed, outcome.problem);
  const { channels } = settings;
  const matrix = { ...channels.matrix, accessToken: outcome.accessToken.reveal() };
  const text = JSON.stringify({ ...settings, channels: { ...channels, matrix } }, undefined, 2);
  const written = await storage.write(key, `${text}\n`);
  if (written.kind === 'failed') throw new CommandError(EXIT.failed, written.problem);
  if (options.json === true) return printJson(terminal, { worker: name, deviceId, written: key });
  terminal.print(`${mark(terminal, 'ok')} wrote a token to ${key}; restart ${name} to load it\n`);
}

async function open(
  terminal: Terminal,
  options: TokensOptions,
): Promise<{ readonly draft: ConfigFile; readonly storage: StorageAdmin }> {
  const draft = await ConfigFile.read(configurationFile(terminal, options));
  const storage = storageAdminOf(terminal, draft, options);
  if (storage !== undefined) return { draft, storage };
  throw new CommandError(
    EXIT.usage,
    "the adapter may not read workers' settings",
    'Pass --mc, such as "docker exec -i hiclaw-manager mc".',
  );
}

function homeserverOf(draft: ConfigFile): string {
  const url = draft.text('matrix', 'homeserverUrl');
  if (url === undefined) throw new CommandError(EXIT.usage, `${draft.file} has no matrix.homeserverUrl`);
  return url;
}

async function lookAt(
  storage: StorageAdmin,
  url: string,
  worker: string,
  userId: string,
): Promise<TokenReport> {
  const read = await storage.read(workerSettingsKey(worker));
  if (read.kind === 'failed') return { worker, state: 'unknown', detail: read.problem };
  const token = settingsSchema.safeParse(parse(read.output)).data?.channels.matrix.accessToken ?? '';
  if (token === '' || token === 'PLACEHOLDER')
    return { worker, state: 'none', detail: 'its settings hold none' };
  const homeserver = createHomeserver({
    url,
    userId,
    accessToken: new Secret(token),
  });
  const check = await whoami(homeserver);
  homeserver.close();
  switch (check.kind) {
    case 'usable':
      return {
        worker,
        state: 'usable',
        detail: `the homeserver takes it (device ${check.deviceId ?? 'unknown'})`,
      };
    case 'wrong':
      return { worker, state: 'stale', detail: STALE };
    case 'unavailable':
      return { worker, state: 'unknown', detail: check.problem };
  }
}

/** From the object where HiClaw 1.0 and 1.1 keep it, unless it was given. */
async function passwordOf(terminal: Terminal, storage: StorageAdmin, name: string): Promise<string> {
  const given = await givenSecret(terminal, ['WORKER_MATRIX_PASSWORD']);
  if (given !== undefined) return given;
  const read = await storage.read(`agents/${name}/credentials/matrix/password`);
  if (read.kind === 'done') return read.output.trim();
  throw new CommandError(
    EXIT.failed,
    `the password of ${name} is not in storage`,
    'Set WORKER_MATRIX_PASSWORD. Workers of AgentTeams 1.2 have none.',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
