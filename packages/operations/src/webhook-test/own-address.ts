import { hostInUrl, type Configuration } from '@agrenting-hiclaw/runtime';

const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);

/** Whether a host stands for all addresses of this machine. */
export function isEveryAddress(host: string): boolean {
  return EVERY_ADDRESS.has(host);
}

/**
 * Whether a trial delivery, which carries the webhook key and a valid signature, may be sent to an address that a
 * listing names: only to the bridge itself and to the configured `webhook.publicUrl`. Anybody who can change the
 * listing can name any address there.
 */
export function isOwnAddress(webhook: Configuration['webhook'], address: string): boolean {
  const { origin } = new URL(address);
  const { publicUrl } = webhook;
  return (
    origin === new URL(ownWebhookUrl(webhook)).origin ||
    (publicUrl !== undefined && origin === new URL(publicUrl).origin)
  );
}

/** Where the bridge on this machine takes webhooks; a host that stands for all addresses is asked on this one. */
export function ownWebhookUrl({ host, port, path }: Configuration['webhook']): string {
  const name = isEveryAddress(host) ? '127.0.0.1' : hostInUrl(host);
  return `http://${name}:${port}${path}`;
}
