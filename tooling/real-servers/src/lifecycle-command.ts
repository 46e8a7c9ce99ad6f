import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { RealHiclaw } from './real-hiclaw.ts';

/** A program instead of HiClaw's `lifecycle-worker.sh`, which starts workers' processes instead of containers. */
export interface LifecycleCommand {
  readonly path: string;
  close(): Promise<void>;
}

/** Answers as the script of HiClaw 1.0 does (HiClaw reference, 6.1): as soon as the worker was started, not when it listens. */
export async function writeLifecycleCommand(folder: string, hiclaw: RealHiclaw): Promise<LifecycleCommand> {
  const app = new Hono();
  app.get('/ensure-ready/:worker', (context) => {
    const name = context.req.param('worker');
    const { process } = hiclaw.worker(name);
    if (process.running) return context.json({ worker: name, status: 'ready' });
    process.start().catch((error: unknown) => console.error(error));
    return context.json({ worker: name, status: 'started' });
  });
  app.get('/stop/:worker', async (context) => {
    await hiclaw.worker(context.req.param('worker')).process.stop();
    return context.text('stopped');
  });
  const { promise: listening, resolve } = Promise.withResolvers<number>();
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => resolve(port));
  const url = `http://127.0.0.1:${await listening}`;
  const path = join(folder, 'lifecycle-worker.sh');
  const ask = `fetch('${url}/' + process.argv[1] + '/' + process.argv[2]).then(async (answer) => console.log(await answer.text()))`;
  await writeFile(
    path,
    `#!/bin/sh\n[ "$1 $3" = "--action --worker" ] || exit 1\nexec '${process.execPath}' -e "${ask}" "$2" "$4"\n`,
  );
  await chmod(path, 0o755);
  return {
    path,
    close: async () => await new Promise((done) => void server.close(() => done())),
  };
}
