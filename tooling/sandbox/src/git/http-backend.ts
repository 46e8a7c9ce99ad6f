import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How fast contents are sent, and how much of them was. */
export interface Pace {
  /** Undefined: as fast as they come. */
  bytesPerSecond: number | undefined;
  sentBytes: number;
}

/** Longest head of an answer; git's own have a few hundred bytes. */
const MAX_HEAD_BYTES = 64 * 1024;

/** Answers one request with git's own HTTP server, which is a CGI program. */
export function answerWithBackend(
  projects: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  pace: Pace,
): Promise<void> {
  const { pathname, search } = new URL(incoming.url ?? '/', 'http://localhost');
  const header = (name: string): string => {
    const value = incoming.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: projects,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: projects,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_USER: 'hirer',
      REMOTE_ADDR: '127.0.0.1',
      REQUEST_METHOD: incoming.method ?? 'GET',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      ...(header('content-length') === '' ? {} : { CONTENT_LENGTH: header('content-length') }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  incoming.pipe(child.stdin.on('error', () => {}));
  response.on('close', () => child.kill('SIGKILL'));
  let head: Buffer | undefined = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === undefined) {
      pace.sentBytes += chunk.length;
      const isTaken = response.write(chunk);
      if (pace.bytesPerSecond !== undefined) {
        child.stdout.pause();
        setTimeout(() => child.stdout.resume(), (1000 * chunk.length) / pace.bytesPerSecond);
      } else if (!isTaken) {
        child.stdout.pause();
        response.once('drain', () => child.stdout.resume());
      }
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) {
      if (head.length > MAX_HEAD_BYTES) response.destroy();
      return;
    }
    let status = 200;
    for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
      const [name = '', value = ''] = line.split(/: (.*)/);
      if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    // As the great hosts do, it says in words that a repository is not there.
    if (status === 404) response.setHeader('content-type', 'text/plain; charset=utf-8');
    response.writeHead(status);
    response.write(status === 404 ? 'Repository not found.\n' : head.subarray(end + 4));
    head = undefined;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      if (head !== undefined && !response.headersSent) response.writeHead(500);
      response.end();
      resolve();
    });
  });
}
