import { randomBytes } from 'node:crypto';
import { startGitServer, type GitServer } from '../git/index.ts';

/** The hirer's repository in the demo: private, and served by git itself on loopback. */
export interface DemoRepository {
  /** Of the server. */
  readonly origin: string;
  readonly url: string;
  readonly token: string;
  /** Commits that were pushed for the workers: what each branch but the first has beyond it. */
  pushed(): Promise<readonly { readonly branch: string; readonly commit: string }[]>;
  close(): Promise<void>;
}

const NAME = 'acme/site';
const README = '# Site\n\nOur shop on the web.\n';

/** What the worker leaves in its task folder: its change as git describes changes. */
export const CHANGE = `diff --git a/README.md b/README.md
--- a/README.md
+++ b/README.md
@@ -1,3 +1,7 @@
 # Site
 
 Our shop on the web.
+
+## Build
+
+Run \`npm run build\`; the pages are in \`dist\`.
`;

/** Serves the repository; undefined where git is not installed. */
export async function openRepository(): Promise<DemoRepository | undefined> {
  const token = `demo-${randomBytes(24).toString('hex')}`;
  let server: GitServer;
  let url: string;
  try {
    server = await startGitServer({ token });
  } catch {
    return undefined;
  }
  try {
    url = await server.create(NAME, { 'README.md': README });
  } catch {
    await server.close();
    return undefined;
  }
  return {
    origin: server.url,
    url,
    token,
    async pushed() {
      const branches = (await server.branchesOf(NAME)).filter((branch) => branch !== 'main');
      return await Promise.all(
        branches.map(async (branch) => {
          const commits = await server.commitsOf(NAME, branch);
          return { branch, commit: commits.at(-1) ?? '' };
        }),
      );
    },
    close: async () => await server.close(),
  };
}
