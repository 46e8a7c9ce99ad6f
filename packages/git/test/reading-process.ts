// Reads a repository whose server keeps it waiting, until it is killed: <origin> <url> <private folder>
import { Secret } from '@agrenting-hiclaw/core/domain';
import { createGitRepositories } from '../src/index.ts';

const [origin = '', url = '', directory = ''] = process.argv.slice(2);
await createGitRepositories({ hosts: [{ origin, private: true }], directory }).source({
  url,
  token: new Secret('ghp_canary0123456789abcdefghijklmnop'),
});
