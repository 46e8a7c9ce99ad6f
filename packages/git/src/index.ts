export { protectionProblem, type ProtectionOptions } from './check/protected-paths.ts';
export { createGitRepositories } from './git-repositories.ts';
export type { GitRepositoriesOptions, PushTarget } from './options.ts';
export { parseRepositoryHost, type KnownHost, type ParsedHost, type RepositoryHost } from './remote/host.ts';
export { gitVersion } from './run/run-git.ts';
export { removeLeftovers } from './run/workspace.ts';
