import { hostInUrl, type Configuration } from '@agrenting-hiclaw/runtime';

const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);

/** Whether a host stands for all addresses of this machine. */
export function isEveryAddress(host: string): boolean {
  return EVERY_ADDRESS.has(host);
}

/** Where the bridge on this machine takes webhooks; a host that stands for all addresses is asked on this one. */
export function ownWebhookUrl({ host, port, path }: Configuration['webhook']): string {
  const name = isEveryAddress(host) ? '127.0.0.1' : hostInUrl(host);
  return `http://${name}:${port}${path}`;
}
