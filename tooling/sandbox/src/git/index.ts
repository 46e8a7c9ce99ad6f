export { startGitServer, type GitRequest, type GitServer, type GitServerOptions } from './git-server.ts';
export { runLocalGit } from './local-git.ts';
