import { inQuotes, type RepositoryFailure, type Secret } from '@agrenting-hiclaw/core/domain';
import type { GitAnswer, Workspace } from '../run/workspace.ts';
import type { RepositoryAddress } from './host.ts';

export type PushRun =
  | { readonly kind: 'accepted' }
  /** The branch is elsewhere than it was. */
  | { readonly kind: 'moved' }
  | RepositoryFailure;

export interface RemoteBranches {
  readonly kind: 'branches';
  /** What HEAD stands for, such as `main`. */
  readonly defaultBranch: string | undefined;
  /** Commit ids by branch name, of those that were asked for. */
  readonly commits: ReadonlyMap<string, string>;
}

/** The repository of a hirer, from a workspace. */
export interface Remote {
  /** Looks where HEAD and the named branches are. */
  branches(names: readonly string[]): Promise<RemoteBranches | RepositoryFailure>;
  /** Fetches a branch or a commit with its whole history; undefined when it is there. */
  fetch(wanted: string): Promise<RepositoryFailure | undefined>;
  /** Moves a branch forward to a commit, or makes it. Never backwards. */
  push(commit: string, branch: string): Promise<PushRun>;
}

/**
 * Asks on descriptor 3 for the token, and says it to the git that started it. It is a shell's own text: the token goes
 * through a variable and an `echo` of the shell itself, so it is in no argument and no environment, and no file has to be
 * run, which a directory for temporary files may forbid.
 */
const HELPER = [
  '!f() {',
  '[ "$1" = get ] || exit 0;',
  'echo >&3; IFS= read -r answer <&3 || exit 1;',
  'echo username=x-access-token; echo "password=$answer";',
  '}; f',
].join(' ');

/** Of one question: a few branches, or what became of a push. */
const MAX_ANSWER_BYTES = 1024 * 1024;

export function createRemote(
  workspace: Workspace,
  address: RepositoryAddress,
  addresses: readonly string[],
  token: Secret,
): Remote {
  const { url, host } = address;
  const pinned = addresses.map((one) => (one.includes(':') ? `[${one}]` : one)).join(',');
  const settings = [
    `credential.${host.origin}.helper=${HELPER}`,
    `http.curloptResolve=${host.hostname}:${host.port}:${pinned}`,
    ...(host.caFile === undefined ? [] : [`http.sslCAInfo=${host.caFile}`]),
  ];
  const call = (
    command: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<GitAnswer> =>
    workspace.git(command, {
      settings,
      token,
      environment: { GIT_ALLOW_PROTOCOL: host.scheme, ...environment },
      maxOutputBytes: MAX_ANSWER_BYTES,
    });
  const failureOf = (answer: GitAnswer): RepositoryFailure =>
    remoteFailure(answer.complaint, workspace.quote(answer.complaint));

  /**
   * Whether it speaks git's protocol. To git, a page of a portal and an answer of nothing are a repository without branches,
   * by a protocol of old; what comes by the present one shows in the trace of its packets.
   */
  const speaksGit = async (command: readonly string[]): Promise<boolean> => {
    const { complaint } = await call(command, { GIT_TRACE_PACKET: '1' });
    return /packet: {1,80}\S{1,80}</.test(complaint);
  };

  return {
    async branches(names) {
      const refs = names.map((name) => `refs/heads/${name}`);
      const command = ['ls-remote', '--symref', '--', url, 'HEAD', ...refs];
      const answer = await call(command);
      if (answer.exitCode !== 0) return failureOf(answer);
      if (answer.output.length === 0 && !(await speaksGit(command))) {
        return { kind: 'unavailable', problem: "what stands at the repository's address is no git host" };
      }
      const commits = new Map<string, string>();
      let defaultBranch: string | undefined;
      for (const line of answer.output.toString('utf8').split('\n')) {
        const [, target, commit, ref = ''] =
          /^(?:ref: refs\/heads\/(\S{1,1024})|([0-9a-f]{40}))\t(\S{1,1024})$/.exec(line) ?? [];
        if (target !== undefined && ref === 'HEAD') defaultBranch = target;
        if (commit !== undefined && refs.includes(ref)) commits.set(ref.slice('refs/heads/'.length), commit);
        // Where HEAD is detached, or there is nothing yet, it stands for no branch.
      }
      return { kind: 'branches', defaultBranch, commits };
    },

    async fetch(wanted) {
      const answer = await call([
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--',
        url,
        wanted,
      ]);
      if (answer.exitCode !== 0) return failureOf(answer);
      await workspace.checkSize();
      return undefined;
    },

    async push(commit, branch) {
      const answer = await call([
        'push',
        '--porcelain',
        '--no-verify',
        '--',
        url,
        `${commit}:refs/heads/${branch}`,
      ]);
      if (answer.exitCode === 0) return { kind: 'accepted' };
      const report = answer.output.toString('utf8');
      const rejected = /^!\t.{0,4096}/m.exec(report)?.[0];
      if (rejected === undefined) return failureOf(answer);
      if (
        /\[rejected\]|stale info|fetch first|non-fast-forward|incorrect old value|cannot lock ref.{0,1024}(but expected|already exists)/.test(
          rejected,
        )
      )
        return { kind: 'moved' };
      const quoted = workspace.quote(`${answer.complaint}\n${rejected}`);
      return {
        kind: 'denied',
        problem: `the repository does not take the push to ${inQuotes(branch)}: the hirer has to allow it (${quoted})`,
      };
    },
  };
}

/** Sorts what git complained of after it had spoken with a remote. `quoted` is the part of it that may be shown. */
export function remoteFailure(complaint: string, quoted: string): RepositoryFailure {
  // A temporary redirect may be the login page of a proxy.
  if (/returned error: 30[237]|HTTP (code )?30[237]/.test(complaint)) {
    return {
      kind: 'unavailable',
      problem: `the repository's host sends us to another address for now (${quoted})`,
    };
  }
  if (/returned error: 30[18]|from redirection|HTTP (code )?30[18]/.test(complaint)) {
    return {
      kind: 'denied',
      problem:
        'the address leads to another one, and tokens are not sent after it: the hirer has to give the present address of the repository',
    };
  }
  if (/Authentication failed|could not read (Username|Password)/i.test(complaint)) return denied(quoted);
  if (/returned error: (401|403|404|410)|not found/i.test(complaint) && !/resolve host/.test(complaint)) {
    // A git host says why, in a text that git passes on. Whatever stands before it says no more than its number.
    if (/^remote:[ \t]{0,80}\S/m.test(complaint)) return denied(quoted);
    return {
      kind: 'unavailable',
      problem: `what stands at the repository's address answers as if nothing were there, without a word of a git host (${quoted})`,
    };
  }
  if (/SSL certificate|certificate verif|server certificate/i.test(complaint)) {
    return { kind: 'unavailable', problem: `the repository's host has no valid certificate (${quoted})` };
  }
  if (/not our ref|no such remote ref|couldn't find remote ref/i.test(complaint)) {
    return {
      kind: 'unavailable',
      problem: `the repository has no such branch or commit (${quoted})`,
      lacks: 'ref',
    };
  }
  return { kind: 'unavailable', problem: `the repository could not be reached (${quoted})` };
}

function denied(quoted: string): RepositoryFailure {
  return {
    kind: 'denied',
    problem: `the repository is not there for the hirer's token: the hirer has to check address, token and its rights (${quoted})`,
  };
}
