import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { BENCH_KEY, loadResultSchema, type LoadOrder, type LoadResult, type ServeOrder } from './orders.ts';

const urlSchema = z.object({ url: z.string() });
const rssSchema = z.object({ rssBytes: z.number() });
/** Compiled packages, as they are deployed. */
const COMPILED: string[] = ['--expose-gc'];

/** A server in a process of its own. */
export interface Serving {
  readonly url: string;
  rssBytes(): Promise<number>;
  close(): Promise<void>;
}

export async function serveInProcess(order: ServeOrder): Promise<Serving> {
  const child = fork(fileURLToPath(new URL('server-process.ts', import.meta.url)), [JSON.stringify(order)], {
    execArgv: COMPILED,
    // The log goes where it is written and not read.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { url } = urlSchema.parse(await messageOf(child));
  return {
    url,
    async rssBytes() {
      child.send('rss');
      return rssSchema.parse(await messageOf(child)).rssBytes;
    },
    async close() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** The page's own kind of server; undefined where there is no Python. */
export async function servePython(): Promise<Pick<Serving, 'url' | 'close'> | undefined> {
  const script = fileURLToPath(new URL('page_server.py', import.meta.url));
  const child = spawn('python3', [script], {
    env: { PATH: process.env['PATH'], HIGRESS_API_KEY: BENCH_KEY },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const started = new Promise<string | undefined>((resolve) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('error', () => resolve(undefined));
    child.once('exit', () => resolve(undefined));
  });
  const port = await started;
  if (port === undefined) return undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const exit = once(child, 'exit');
      child.stdin.end();
      await exit;
    },
  };
}

/** Sends so many webhooks from a process of its own. */
export async function load(order: LoadOrder): Promise<LoadResult> {
  const child = fork(fileURLToPath(new URL('load-process.ts', import.meta.url)), [JSON.stringify(order)], {
    execArgv: COMPILED,
  });
  const result = loadResultSchema.parse(await messageOf(child));
  child.disconnect();
  return result;
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a process of the benchmark ended with ${String(code)}`)));
  });
}
