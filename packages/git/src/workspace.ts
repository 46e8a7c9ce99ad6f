import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryFailure, Secret } from '@agrenting-hiclaw/core/domain';
import { folderBytes } from './folder-bytes.ts';
import { gitEnvironment, settingArguments } from './git-environment.ts';
import { GitFailure } from './git-failure.ts';
import type { GitSettings } from './options.ts';
import { makePrivateDirectory, removePrivateDirectory } from './private-directory.ts';
import { quote } from './quote.ts';
import { runGit } from './run-git.ts';

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
  /** As `git`, and throws a GitFailure as well when git fails; the output without the line ends around it. */
  must(command: readonly string[], request?: GitRequest): Promise<string>;
  /** What git complained of, in a form that may be shown. */
  quote(complaint: string): string;
  /** Throws a GitFailure when more lies in it than may: git may have been faster than whoever watches it. */
  checkSize(): Promise<void>;
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
      signal: settings.signal,
      input: typeof input === 'string' ? Buffer.from(input) : input,
      token: request.token,
    });
    if (run.kind === 'ended') return run;
    throw new GitFailure(stopped(run.because, settings, maxBytes));
  }

  return {
    directory,
    git,
    async must(command, request) {
      const { exitCode, output, complaint } = await git(command, request);
      if (exitCode === 0) return output.toString('utf8').trimEnd();
      const problem = `git ${command[0]} failed: ${quoted(complaint)}`;
      throw new GitFailure({ kind: 'unavailable', problem });
    },
    quote: quoted,
    async checkSize() {
      if ((await folderBytes(directory)) > maxBytes)
        throw new GitFailure(stopped('space', settings, maxBytes));
    },
  };
}

function stopped(
  because: 'time' | 'space' | 'output' | 'closing' | 'no program',
  settings: GitSettings,
  maxBytes: number,
): RepositoryFailure {
  switch (because) {
    case 'time': {
      const seconds = Math.round(settings.timeoutMs / 1000);
      return {
        kind: 'unavailable',
        problem: `git was not done after ${seconds} s and was stopped: if the repository is large, allow more time`,
      };
    }
    case 'space': {
      const size = `${Math.ceil(maxBytes / 1024 / 1024)} MiB`;
      return {
        kind: 'refused',
        problem: `the repository takes more than the ${size} that are allowed: allow more, or decline the hiring`,
      };
    }
    case 'output':
      return {
        kind: 'refused',
        problem: 'the repository has more names or contents than can be looked through',
      };
    case 'closing':
      return { kind: 'unavailable', problem: 'git was stopped, because the adapter is stopping' };
    case 'no program':
      return { kind: 'unavailable', problem: 'this machine has no git: install it' };
  }
}
