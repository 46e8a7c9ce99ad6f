import type {
  Repositories,
  RepositoryAccess,
  RepositoryFailure,
  Secret,
} from '@agrenting-hiclaw/core/domain';
import { settingsOf, type GitRepositoriesOptions, type GitSettings } from './options.ts';
import { orderProblem, pushChange } from './push-change.ts';
import { readSource } from './read-source.ts';
import { parseRepositoryAddress, resolveHost } from './remote/host.ts';
import { createRemote, type Remote } from './remote/remote.ts';
import { gitProblem } from './run/run-git.ts';
import { removeLeftovers, withWorkspace, type Workspace } from './run/workspace.ts';

const LOOKUP_TIMEOUT_MS = 10_000;

/**
 * Hirers' repositories, through the git program of this machine. Each call works in a private directory that is gone when
 * it ends; what killed processes left of theirs is removed at once. Throws on a host that cannot be one.
 */
export function createGitRepositories(options: GitRepositoriesOptions = {}): Repositories {
  const settings = settingsOf(options);
  const cleared = removeLeftovers(settings.directory);

  async function visit<Outcome>(
    access: RepositoryAccess,
    maxBytes: number,
    work: (workspace: Workspace, remote: Remote) => Promise<Outcome>,
  ): Promise<Outcome | RepositoryFailure> {
    await cleared;
    const parsed = parseRepositoryAddress(access.url, settings.hosts);
    if (parsed.kind === 'refused') return parsed;
    const wrong = tokenProblem(access.token);
    if (wrong !== undefined) return wrong;
    const missing = await gitProblem(settings.searchPath);
    if (missing !== undefined) return { kind: 'unavailable', problem: missing };
    const { address } = parsed;
    const resolved = await resolveHost(address.host, settings.lookup, LOOKUP_TIMEOUT_MS);
    if (resolved.kind !== 'addresses') return resolved;
    return withWorkspace(settings, access.token, maxBytes, (workspace) =>
      work(workspace, createRemote(workspace, address, resolved.addresses, access.token)),
    );
  }

  return {
    source: (access) =>
      visit(access, settings.maxRepositoryBytes, (workspace, remote) =>
        readSource(workspace, remote, settings),
      ),
    async push(order) {
      const problem = orderProblem(order, settings);
      if (problem !== undefined) return problem;
      return visit(order.access, pushBytes(settings), (workspace, remote) =>
        pushChange(workspace, remote, order, settings),
      );
    },
  };
}

/** The repository, and room for what is made of the change. */
function pushBytes({ maxRepositoryBytes, maxChangeBytes }: GitSettings): number {
  return maxRepositoryBytes + 8 * maxChangeBytes;
}

/** Anything else would be more than one line to the process that asks for the token, or be changed by a shell's `echo`. */
function tokenProblem(token: Secret): RepositoryFailure | undefined {
  return /^[\x21-\x5b\x5d-\x7e]{1,1000}$/.test(token.reveal())
    ? undefined
    : {
        kind: 'denied',
        problem: 'the token is empty or holds characters that no token has: the hirer has to give it again',
      };
}
