import { createServer, type IncomingMessage } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerWithBackend, type Pace } from './http-backend.ts';
import { runLocalGit } from './local-git.ts';

export interface GitServerOptions {
  /** The password of every repository; the user name is not looked at. */
  readonly token: string;
  /** 0, which is the default, takes a free one. */
  readonly port?: number | undefined;
}

/** A request as it came in. */
export interface GitRequest {
  readonly method: string;
  readonly path: string;
  /** Whether it brought the token. */
  readonly authorized: boolean;
}

export type Files = Readonly<Record<string, string | Buffer>>;

/** Private git repositories over HTTP on loopback, as a hirer has them. Served by git itself. */
export interface GitServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** Newest last. */
  readonly requests: readonly GitRequest[];
  /** Makes a repository such as `owner/name` with one commit on `main`; without files it stays empty. Returns its address. */
  create(name: string, files?: Files): Promise<string>;
  /** Puts a commit onto a branch, with these files written. Returns its id. */
  commit(name: string, branch: string, files: Files): Promise<string>;
  /** Commit ids of a branch, oldest first; none when it is not there. */
  commitsOf(name: string, branch: string): Promise<readonly string[]>;
  branchesOf(name: string): Promise<readonly string[]>;
  /** The text of a file at the end of a branch. */
  fileOf(name: string, branch: string, path: string): Promise<string>;
  /** Where a repository lies, for what is not foreseen here. */
  directoryOf(name: string): string;
  /** Runs before a request is answered, and may keep it waiting. */
  before(hook: ((request: GitRequest) => Promise<void>) | undefined): void;
  /** From now on contents are sent this slowly; undefined ends it. */
  slowDown(bytesPerSecond: number | undefined): void;
  /** How many bytes of contents were sent so far. */
  sentBytes(): number;
  close(): Promise<void>;
}

const NAME = /^[a-z0-9-]+(\/[a-z0-9-]+)*$/;
const START_SECONDS = 1_700_000_000;

/** Starts a server. It needs git on this machine, and rejects without. */
export async function startGitServer({ token, port = 0 }: GitServerOptions): Promise<GitServer> {
  const projects = await mkdtemp(join(tmpdir(), 'sandbox-git-'));
  const requests: GitRequest[] = [];
  let before: ((request: GitRequest) => Promise<void>) | undefined;
  let seconds = START_SECONDS;
  const pace: Pace = { bytesPerSecond: undefined, sentBytes: 0 };

  const server = createServer((incoming, response) => {
    const request: GitRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      authorized: passwordOf(incoming) === token,
    };
    requests.push(request);
    const answer = async (): Promise<void> => {
      await before?.(request);
      if (request.authorized) {
        await answerWithBackend(projects, incoming, response, pace);
      } else {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      }
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => {
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
  const url = `http://127.0.0.1:${address.port}`;

  const directoryOf = (name: string): string => {
    if (!NAME.test(name)) throw new Error(`${name} is no name of a repository`);
    return join(projects, `${name}.git`);
  };
  const git = async (name: string, command: readonly string[], input?: Buffer): Promise<string> => {
    const output = await runLocalGit(command, { directory: directoryOf(name), input });
    return output.toString('utf8');
  };
  const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');
  const branchesOf = async (name: string): Promise<readonly string[]> =>
    linesOf(await git(name, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads']));
  const commitsOf = async (name: string, branch: string): Promise<readonly string[]> =>
    (await branchesOf(name)).includes(branch)
      ? linesOf(await git(name, ['rev-list', '--reverse', `refs/heads/${branch}`]))
      : [];
  const commit = async (name: string, branch: string, files: Files): Promise<string> => {
    const parent = (await commitsOf(name, branch)).at(-1);
    seconds += 60;
    await git(name, ['fast-import', '--quiet'], importOf(branch, parent, files, seconds));
    return (await git(name, ['rev-parse', `refs/heads/${branch}`])).trim();
  };

  return {
    url,
    requests,
    async create(name, files) {
      const directory = directoryOf(name);
      await runLocalGit(['init', '--quiet', '--bare', '--initial-branch=main', directory], {
        directory: projects,
      });
      if (files !== undefined) await commit(name, 'main', files);
      return `${url}/${name}.git`;
    },
    commit,
    commitsOf,
    branchesOf,
    fileOf: (name, branch, path) => git(name, ['show', `refs/heads/${branch}:${path}`]),
    directoryOf,
    before(hook) {
      before = hook;
    },
    slowDown(bytesPerSecond) {
      pace.bytesPerSecond = bytesPerSecond;
    },
    sentBytes: () => pace.sentBytes,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
      await rm(projects, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function passwordOf(incoming: IncomingMessage): string | undefined {
  const encoded = /^Basic (\S+)$/.exec(incoming.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  return Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s)[1];
}

/** One commit, as `git fast-import` reads it. */
function importOf(branch: string, parent: string | undefined, files: Files, seconds: number): Buffer {
  const parts: (string | Buffer)[] = [
    `commit refs/heads/${branch}\n`,
    `committer Sam Person <sam@person.example> ${seconds} +0000\n`,
    'data 7\nWritten\n',
    parent === undefined ? '' : `from ${parent}\n`,
  ];
  for (const [path, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    parts.push(`M 100644 inline ${path}\ndata ${bytes.length}\n`, bytes, '\n');
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}
