// The default export, since a named one stays what it was when somebody sets another global agent.
import http from 'node:http';
import { z } from 'zod';

const agentOptions = z.object({
  options: z.object({ proxyEnv: z.record(z.string(), z.string().optional()).optional() }),
});

/** The proxies of this process, for an agent of its own: those of Node's global one. */
export function proxiesOfProcess(): http.ProxyEnv | undefined {
  return agentOptions.safeParse(http.globalAgent).data?.options.proxyEnv;
}
