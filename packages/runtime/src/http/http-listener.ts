import type { Server } from 'node:http';
import { listenProblem, type ListenSettings } from './listen-problem.ts';

export interface ListeningAt extends ListenSettings {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** Has a server listen; gives the port that it got. Rejects with `SettingError` where it may not listen there. */
export async function listen(server: Server, at: ListeningAt): Promise<number> {
  const { host, port } = at;
  return await new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenProblem(error, at, at)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Takes nothing more in, and resolves when what was taken is answered, or was cut off after `withinMs`. */
export async function closeServer(server: Server, withinMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), withinMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** A host as written in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
