import { createServer } from 'node:net';

/** Below those that the system assigns on its own, which somebody else might get before they are used. */
const FIRST_PORT = 10_000;
const PORTS_PER_PROCESS = 100;
const PROCESSES = 220;

let given = 0;

/** A port of this machine that nobody listens on now; for a caller that needs an address before its server exists. */
export async function freePort(): Promise<number> {
  const base = FIRST_PORT + (process.pid % PROCESSES) * PORTS_PER_PROCESS;
  for (let tried = 0; tried < PORTS_PER_PROCESS; tried += 1) {
    const port = base + (given % PORTS_PER_PROCESS);
    given += 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${base} on is free`);
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
