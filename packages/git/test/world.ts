import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  hiringIdSchema,
  Secret,
  taskIdOf,
  type PushOrder,
  type PushOutcome,
  type Repositories,
  type SourceOutcome,
} from '@agrenting-hiclaw/core/domain';
import { runLocalGit, startGitServer, type GitServer } from '@agrenting-hiclaw/sandbox/git';
import { createGitRepositories, type GitRepositoriesOptions } from '../src/index.ts';

export const TOKEN = 'ghp_canary0123456789abcdefghijklmnop';
const HIRING = hiringIdSchema.parse('11111111-2222-3333-4444-555555555555');
export const TASK = taskIdOf(HIRING, 1, '0'.repeat(24));
export const OWN_BRANCH = `agrenting/${TASK}`;
/** Not now. */
const AT_MS = 1_750_000_000_000;

export const hasGit = spawnSync('git', ['--version']).status === 0;
/** Comes after the name of what is not run on such a machine. */
export const notRun = hasGit ? '' : ' (not run: this machine has no git)';

/** A hirer's repository on a server, and a worker that works on what it was given of it. */
export interface World {
  readonly server: GitServer;
  readonly url: string;
  /** Where private directories come to be. */
  readonly privateFolder: string;
  repositories(options?: GitRepositoriesOptions): Repositories;
  access(token?: string): { readonly url: string; readonly token: Secret };
  /** Reads the repository, and clones it as a worker does. */
  startWork(): Promise<Work>;
  /** Another worker's clone, as that of one who has done nothing yet. */
  startAlike(work: Work): Promise<Work>;
  /** An order of a worker that was given `base`. */
  orderOn(
    base: PushOrder['base'],
    kind: 'patch' | 'bundle',
    bytes: Buffer,
    more?: Partial<PushOrder>,
  ): PushOrder;
  close(): Promise<void>;
}

export interface Work {
  readonly folder: string;
  readonly base: { readonly branch: string; readonly commit: string };
  git(...command: readonly string[]): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Commits everything. */
  commit(message: string): Promise<void>;
  /** What `git diff` prints of what is not committed, or of everything since the base. */
  diff(): Promise<Buffer>;
  formatPatch(): Promise<Buffer>;
  bundle(...what: readonly string[]): Promise<Buffer>;
  order(kind: 'patch' | 'bundle', bytes: Buffer, more?: Partial<PushOrder>): PushOrder;
}

const FILES = {
  'README.md': '# Site\n\nA site.\n',
  'src/main.txt': 'one\ntwo\nthree\nfour\nfive\n',
  '.github/workflows/test.yml': 'on: push\n',
};

export async function createWorld(files: Readonly<Record<string, string | Buffer>> = FILES): Promise<World> {
  const server = await startGitServer({ token: TOKEN });
  const root = await mkdtemp(join(tmpdir(), 'git-world-'));
  const url = await server.create('sam/site', files);
  const privateFolder = join(root, 'private');
  await mkdir(privateFolder);
  const access = (token = TOKEN) => ({ url, token: new Secret(token) });
  const repositories = (options: GitRepositoriesOptions = {}): Repositories =>
    createGitRepositories({
      hosts: [{ origin: server.url, private: true }],
      directory: privateFolder,
      ...options,
    });

  return {
    server,
    url,
    privateFolder,
    repositories,
    access,
    async startWork() {
      const source = given(await repositories().source(access()));
      const folder = await mkdtemp(join(root, 'work-'));
      const file = `${folder}.bundle`;
      await writeFile(file, source.bundle);
      await runLocalGit(['clone', '--quiet', file, folder], { directory: root });
      return workIn(folder, { branch: source.branch, commit: source.commit }, access());
    },
    async startAlike(work) {
      const folder = await mkdtemp(join(root, 'work-'));
      await cp(work.folder, folder, { recursive: true });
      return workIn(folder, work.base, access());
    },
    orderOn: (base, kind, bytes, more) => orderOn(access(), base, kind, bytes, more),
    async close() {
      await server.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

function workIn(folder: string, base: PushOrder['base'], access: PushOrder['access']): Work {
  const raw = (command: readonly string[]): Promise<Buffer> => runLocalGit(command, { directory: folder });
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  return {
    folder,
    base,
    git: async (...command) => (await raw(command)).toString('utf8').trim(),
    write,
    async commit(message) {
      await raw(['add', '--all']);
      await raw(['commit', '--quiet', '-m', message]);
    },
    async diff() {
      await raw(['add', '--all']);
      return raw(['diff', '--binary', base.commit]);
    },
    formatPatch: () => raw(['format-patch', '--stdout', `${base.commit}..HEAD`]),
    async bundle(...what) {
      const revisions = what.length === 0 ? [`${base.commit}..HEAD`, 'HEAD'] : what;
      await raw(['bundle', 'create', '--quiet', '../result.bundle', ...revisions]);
      return readFile(join(folder, '..', 'result.bundle'));
    },
    order: (kind, bytes, more) => orderOn(access, base, kind, bytes, more),
  };
}

function orderOn(
  access: PushOrder['access'],
  base: PushOrder['base'],
  kind: 'patch' | 'bundle',
  bytes: Buffer,
  more: Partial<PushOrder> = {},
): PushOrder {
  return {
    taskId: TASK,
    hiringId: HIRING,
    access,
    base,
    delivery: { kind, bytes },
    summary: 'Say it better',
    atMs: AT_MS,
    findingsApproved: false,
    ...more,
  };
}

/** The source, where there is one. */
export function given(outcome: SourceOutcome): Extract<SourceOutcome, { kind: 'source' }> {
  if (outcome.kind !== 'source') throw new Error(`no source: ${outcome.problem}`);
  return outcome;
}

/** What was pushed, where it was. */
export function done(outcome: PushOutcome): Extract<PushOutcome, { kind: 'pushed' }> {
  if (outcome.kind !== 'pushed') throw new Error(`not pushed: ${outcome.kind}: ${outcome.problem}`);
  return outcome;
}

/** Everything that is said of an outcome that is no success. */
export function saidOf(outcome: PushOutcome | SourceOutcome): string {
  return 'problem' in outcome ? `${outcome.kind}: ${outcome.problem}` : outcome.kind;
}

/** Waits until a server listens on a free port of loopback; its origin. */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
  return `http://127.0.0.1:${address.port}`;
}
