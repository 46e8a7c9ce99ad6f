import type { Repositories } from '@agrenting-hiclaw/core/domain';
import {
  type Configuration,
  type Logger,
  policyOf,
  ownKnownSecrets,
  SettingError,
} from '@agrenting-hiclaw/runtime';

export interface RepositoriesOptions {
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** Ends what is on its way. */
  readonly signal: AbortSignal;
}

const MIB = 1024 * 1024;

/**
 * Hirers' repositories, as far as an agent's rules let the adapter push and git is installed; undefined otherwise, and
 * the log says why.
 */
export async function openRepositories({
  configuration,
  environment,
  log,
  signal,
}: RepositoriesOptions): Promise<Repositories | undefined> {
  const ways = new Set(configuration.agents.map(({ policy }) => policyOf(configuration, policy).push));
  if (ways.has('worker')) {
    log.warn(
      'policy.push is "worker": the tokens of hirers lie in the shared storage while such a hiring is worked on, where every worker can read them, and on the worker\'s disk after it',
    );
  }
  if (!ways.has('adapter')) return undefined;
  const { createGitRepositories, gitVersion, parseRepositoryHost, protectionProblem } =
    await import('@agrenting-hiclaw/git');
  for (const host of configuration.push.hosts) {
    const parsed = parseRepositoryHost(host);
    if (parsed.kind === 'invalid') {
      const { problem } = parsed;
      throw new SettingError({ where: 'push.hosts', code: 'invalid_repository_host', problem });
    }
  }
  const protection = { allowed: configuration.push.allowPaths, held: configuration.push.holdPaths };
  const unknown = protectionProblem(protection);
  if (unknown !== undefined) {
    throw new SettingError({ where: 'push.allowPaths', code: 'unprotected_path', problem: unknown });
  }
  const { PATH: searchPath } = environment;
  if ((await gitVersion(searchPath)) === undefined) {
    log.warn('git is not installed, so nothing can be pushed: hirings in push mode need an operator');
    return undefined;
  }
  const { hosts, target, allowWorkflows, maxRepositoryMegabytes, maxChangeMegabytes } = configuration.push;
  return createGitRepositories({
    hosts,
    target,
    allowWorkflows,
    protection,
    maxRepositoryBytes: maxRepositoryMegabytes * MIB,
    maxChangeBytes: maxChangeMegabytes * MIB,
    searchPath,
    secrets: ownKnownSecrets(configuration),
    signal,
  });
}
