export { createGitRepositories } from './git-repositories.ts';
export { parseRepositoryHost, type KnownHost, type ParsedHost, type RepositoryHost } from './host.ts';
export type { GitRepositoriesOptions, PushTarget } from './options.ts';
export { removeLeftovers } from './private-directory.ts';
export { protectionProblem, type ProtectionOptions } from './protected-paths.ts';
export { gitVersion } from './version.ts';
