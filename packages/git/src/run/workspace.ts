import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inQuotes, type RepositoryFailure, type Secret } from '@agrenting-hiclaw/core/domain';
import type { GitSettings } from '../options.ts';
import { folderBytes, gitEnvironment, runGit, settingArguments, type StopReason } from './run-git.ts';

export interface GitRequest {
  readonly input?: Buffer | string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Settings beside those of every call: `name=value`. */
  readonly settings?: readonly string[] | undefined;
  readonly maxOutputBytes?: number | undefined;
  /** Where this call may fill the directory further than the others. */
  readonly maxDirectoryBytes?: number | undefined;
  readonly token?: Secret | undefined;
}

export interface GitAnswer {
  readonly exitCode: number;
  readonly output: Buffer;
  readonly complaint: string;
}

/** An empty repository in a private directory, for one call. */
export interface Workspace {
  readonly directory: string;
  /** Runs git on it. Throws a GitFailure when git was stopped. */
  git(command: readonly string[], request?: GitRequest): Promise<GitAnswer>;
  /** As `git`, and throws a GitFailure as well when git fails; the output as it is. */
  read(command: readonly string[], request?: GitRequest): Promise<Buffer>;
  /** As `read`; text without the line ends around it. */
  must(command: readonly string[], request?: GitRequest): Promise<string>;
  /** As `git`, for a question that exit code 0 answers with yes and another with no; every other one throws. */
  asks(command: readonly string[], noes?: readonly number[]): Promise<boolean>;
  /** What git complained of, in a form that may be shown. */
  quote(complaint: string): string;
  /** Throws a GitFailure when it holds more than it may: git may have been faster than the watch on it. */
  checkSize(): Promise<void>;
}

/**
 * Thrown where git was stopped or did not do what it always does, and there is nothing to go on with. It is caught in
 * `withWorkspace` and `blaming`, and becomes the outcome of the call.
 */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
  readonly failure: RepositoryFailure;

  constructor(failure: RepositoryFailure) {
    super(failure.problem);
    this.failure = failure;
  }
}

export interface Unusable {
  readonly kind: 'unusable';
  readonly problem: string;
}

export function unusable(problem: string): Unusable {
  return { kind: 'unusable', problem };
}

const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/**
 * Does something in a workspace, which is gone when this returns. `maxBytes` bounds what may lie in it.
 * A GitFailure becomes its outcome.
 */
export async function withWorkspace<Outcome>(
  settings: GitSettings,
  token: Secret,
  maxBytes: number,
  work: (workspace: Workspace) => Promise<Outcome>,
): Promise<Outcome | RepositoryFailure> {
  const endsAtMs = performance.now() + settings.timeoutMs;
  let directory: string;
  try {
    directory = await makePrivateDirectory(settings.directory);
  } catch {
    return {
      kind: 'unavailable',
      problem: `no directory could be made in ${settings.directory}: check that it is there, writable and not full`,
    };
  }
  try {
    const workspace = createWorkspace(settings, token, maxBytes, directory, endsAtMs);
    await mkdir(join(directory, 'home'), { mode: 0o700 });
    await workspace.must(['init', '--quiet', '--bare', '--template=', join(directory, 'repository')]);
    return await work(workspace);
  } catch (error) {
    if (error instanceof GitFailure) return error.failure;
    throw error;
  } finally {
    await removePrivateDirectory(directory);
  }
}

/** Does something with what a worker left: what git cannot work on, or would need too much for, is the change's fault. */
export async function blaming<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | Unusable> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitFailure && error.failure.kind === 'refused')
      return unusable(`the change cannot be worked on: ${error.failure.problem}`);
    throw error;
  }
}

function createWorkspace(
  settings: GitSettings,
  token: Secret,
  maxBytes: number,
  directory: string,
  endsAtMs: number,
): Workspace {
  const environment = gitEnvironment(directory, settings.searchPath);
  const remainingMs = (): number => Math.max(0, Math.ceil(endsAtMs - performance.now()));
  const quoted = (complaint: string): string => quote(complaint, { token, directory });

  async function git(command: readonly string[], request: GitRequest = {}): Promise<GitAnswer> {
    const { input } = request;
    const run = await runGit({
      arguments: [
        ...settingArguments(request.settings),
        ...(command[0] === 'init' ? [] : [`--git-dir=${join(directory, 'repository')}`]),
        ...command,
      ],
      environment: { ...environment, ...request.environment },
      directory,
      timeoutMs: remainingMs(),
      maxOutputBytes: request.maxOutputBytes ?? MAX_OUTPUT_BYTES,
      maxDirectoryBytes: request.maxDirectoryBytes ?? maxBytes,
      maxMemoryBytes: settings.maxMemoryBytes,
      maxProcessorSeconds: settings.maxProcessorSeconds,
      signal: settings.signal,
      input: typeof input === 'string' ? Buffer.from(input) : input,
      token: request.token,
    });
    if (run.kind === 'ended') return run;
    throw new GitFailure(stopped(run.because, settings, maxBytes));
  }

  function failed(command: readonly string[], { exitCode, complaint }: GitAnswer): GitFailure {
    const problem = `git ${command[0]} failed with exit code ${exitCode}: ${quoted(complaint)}`;
    return new GitFailure({ kind: isOfMachine(complaint) ? 'unavailable' : 'refused', problem });
  }

  async function read(command: readonly string[], request?: GitRequest): Promise<Buffer> {
    const answer = await git(command, request);
    if (answer.exitCode === 0) return answer.output;
    throw failed(command, answer);
  }

  return {
    directory,
    git,
    read,
    must: async (command, request) => (await read(command, request)).toString('utf8').trimEnd(),
    async asks(command, noes = [1]) {
      const answer = await git(command);
      if (answer.exitCode === 0) return true;
      if (noes.includes(answer.exitCode)) return false;
      throw failed(command, answer);
    },
    quote: quoted,
    async checkSize() {
      if ((await folderBytes(directory)) > maxBytes)
        throw new GitFailure(stopped('space', settings, maxBytes));
    },
  };
}

/** Whether git failed for want of something on this machine, which may pass, and not for what it was given. */
function isOfMachine(complaint: string): boolean {
  return /No space left on device|Disk quota exceeded|Read-only file system|Input\/output error|Permission denied|Too many open files|cannot fork|Resource temporarily unavailable|Interrupted system call/i.test(
    complaint,
  );
}

function stopped(because: StopReason, settings: GitSettings, maxBytes: number): RepositoryFailure {
  switch (because) {
    case 'time': {
      const seconds = Math.round(settings.timeoutMs / 1000);
      return {
        kind: 'unavailable',
        problem: `git was not done after ${seconds} s and was stopped: if the repository is large, allow more time`,
      };
    }
    case 'space':
      return {
        kind: 'refused',
        problem: `the repository takes more than the ${mebibytes(maxBytes)} that are allowed: allow more, or decline the hiring`,
      };
    case 'output':
      return {
        kind: 'refused',
        problem: 'the repository has more names or contents than can be looked through',
      };
    case 'memory':
      return {
        kind: 'refused',
        problem: `git needed more than the ${mebibytes(settings.maxMemoryBytes)} of memory that are allowed and was stopped`,
      };
    case 'processor':
      return {
        kind: 'refused',
        problem: `git needed more than ${settings.maxProcessorSeconds} s of processor time and was stopped`,
      };
    case 'closing':
      return { kind: 'unavailable', problem: 'git was stopped, because the adapter is stopping' };
    case 'no_program':
      return { kind: 'unavailable', problem: 'this machine has no git: install it' };
  }
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`;
}

/** `agrenting-git-<process id>-<six letters>`. */
const PREFIX = 'agrenting-git-';
const NAME = /^agrenting-git-(\d+)-[A-Za-z0-9]{6}$/;

/** A new directory that only this user can look into (mkdtemp makes it with mode 0700). */
function makePrivateDirectory(parent: string): Promise<string> {
  return mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
}

function removePrivateDirectory(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Removes what killed processes of this user left behind. A directory is left alone while its process runs; one with
 * this process's own number is from an earlier process if it is older than this one, as in a container, where the
 * number is always the same. Returns how many were removed.
 */
export async function removeLeftovers(parent: string): Promise<number> {
  let removed = 0;
  let names: readonly string[] = [];
  try {
    names = await readdir(parent);
  } catch {
    // Nothing can have been left there.
  }
  for (const name of names) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined) continue;
    const directory = join(parent, name);
    try {
      const found = await lstat(directory);
      const isOurs = found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
      const isLeft =
        Number(pid) === process.pid ? found.mtimeMs < performance.timeOrigin : !isRunning(Number(pid));
      if (!isOurs || !isLeft) continue;
      await removePrivateDirectory(directory);
      removed += 1;
    } catch {
      // Somebody else removed it, or may.
    }
  }
  return removed;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const MAX_QUOTED = 300;
/** What git adds to explain itself to people at a terminal. */
const ADVICE = /^(hint|remote): *$|^hint:|^Falling back|^Performing |^Applied patch .* cleanly/;

interface QuoteOptions {
  readonly token: Secret;
  /** Its path is cut out. */
  readonly directory: string;
}

/** What git complained of, in one short line that can be shown: no token, no path of this machine, no control characters. */
export function quote(complaint: string, { token, directory }: QuoteOptions): string {
  const value = token.reveal();
  // Longest first, because some hold others.
  const spellings = [
    Buffer.from(`x-access-token:${value}`).toString('base64'),
    Buffer.from(value).toString('base64'),
    encodeURIComponent(value),
    value,
  ];
  let text = complaint.replaceAll(directory, '');
  for (const spelling of spellings) if (spelling !== '') text = text.replaceAll(spelling, '[redacted]');
  const lines = text.split(/[\r\n]+/).filter((line) => !ADVICE.test(line));
  const plain = lines
    .join(' ')
    .replace(/[\p{C}\p{Z}\s]{1,64}/gu, ' ')
    .trim();
  return plain === '' ? 'git gave no reason' : `git says: ${inQuotes(plain, MAX_QUOTED)}`;
}
