import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { isLoopback } from '@agrenting-hiclaw/core/agrenting';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { hasArrived } from '../webhook-test/arrival.ts';
import { sendTestWebhook } from '../webhook-test/deliver.ts';
import { isEveryAddress, isOwnAddress, ownWebhookUrl } from '../webhook-test/own-address.ts';
import { failed, ok, skipped, warning, type Check, type Finding } from './check.ts';
import type { ListingOf } from './listing.ts';

/** Whether webhooks arrive: at the bridge itself, and by the way that the marketplace's take (adapter page, G1). */
export function webhookChecks(configuration: Configuration, listingOf: ListingOf): readonly Check[] {
  const { webhook, agents } = configuration;
  const { keys, signatureSecrets, insecure } = webhook;
  if (keys.length === 0 && signatureSecrets.length === 0 && !insecure) {
    return [{ name: 'webhook', look: async () => await Promise.resolve(skipped(NO_BRIDGE)) }];
  }
  const own = ownWebhookUrl(webhook);
  /** Undefined where there is none; `unread` where nobody knows. */
  const callbackOf = async (
    agent: Configuration['agents'][number],
  ): Promise<{ readonly kind: 'read'; readonly url: string | undefined } | { readonly kind: 'unread' }> => {
    const outcome = await listingOf(agent);
    return outcome.kind === 'profile'
      ? { kind: 'read', url: outcome.profile.callbackUrl }
      : { kind: 'unread' };
  };
  return [
    {
      name: 'webhook',
      look: async () =>
        await deliver(configuration, own, {
          silent: 'Check that the bridge runs. Start it with agrenting-hiclaw up --apps bridge,poller',
          refused: 'It runs with another key or secret than this configuration. Restart it.',
        }),
    },
    {
      name: 'exposure',
      asks: 'marketplace',
      async look() {
        const callbacks = await Promise.all(agents.map(callbackOf));
        if (callbacks.some(({ kind }) => kind === 'unread')) return skipped(UNREAD);
        const urls = callbacks.flatMap((callback) => (callback.kind === 'read' ? (callback.url ?? []) : []));
        return exposureOf(
          webhook.host,
          urls.filter((url) => URL.canParse(url)),
        );
      },
    },
    ...agents.map((agent, index): Check => {
      return {
        name: `delivery ${agent.worker ?? `agents.${index}`}`,
        asks: 'marketplace',
        async look() {
          const callback = await callbackOf(agent);
          if (callback.kind === 'unread') return skipped(UNREAD);
          const { url } = callback;
          if (url === undefined) return skipped('its listing has no callback URL: it is reached over MCP');
          if (!URL.canParse(url)) {
            return failed(
              `its listing names ${inQuotes(url)}, which is not a URL`,
              'Set the callback URL of the listing to the full address of the bridge, such as https://example.com/webhook/agrenting/hiring.',
            );
          }
          if (!isOwnAddress(webhook, url)) return elsewhere(url);
          return await deliver(configuration, url, {
            silent: 'Check that the gateway is up and leads to the bridge: check its route and webhook.host.',
            refused:
              'Let the gateway forward the header unchanged, and compare webhook.keys and webhook.signatureSecrets with the callback header and the secret of the listing.',
          });
        },
      };
    }),
  ];
}

/** Hires go there, and the server there must not get our key as well. */
function elsewhere(url: string): Finding {
  const { href, origin } = new URL(url);
  return warning(
    `its listing names ${inQuotes(href)}, which is not at webhook.publicUrl, so no delivery was sent`,
    `If that address leads to your bridge, set webhook.publicUrl to ${inQuotes(origin)}. If it does not, the listing was changed by someone else: set its callback URL again and rotate the agent's key.`,
  );
}

const UNREAD = 'not checked: a listing cannot be read';
const NO_BRIDGE = 'no webhook key is set: hires are received over MCP';

/** Whether a gateway can reach the bridge, and who else can. */
function exposureOf(host: string, callbackUrls: readonly string[]): Finding {
  const outside = callbackUrls.filter((url) => !isLoopback(new URL(url).hostname));
  if (isLoopback(host)) {
    return outside.length === 0
      ? ok(`it listens on ${host}, on this machine only`)
      : warning(
          `it listens on ${host}, and hires come to ${outside.map((url) => inQuotes(url)).join(', ')}`,
          'A gateway on this machine can reach it; one in a container cannot: set webhook.host to the address of its network here, such as 172.17.0.1.',
        );
  }
  return isEveryAddress(host)
    ? warning(
        `it listens on every address of this machine (${host})`,
        'Let only the gateway reach its port: set webhook.host to the address of the gateway’s network here, or close the port in the firewall.',
      )
    : ok(`it listens on ${host}; keep its port closed to all but the gateway`);
}

/** Posts a trial as the adapter page has it, and looks whether it arrived in our store. */
async function deliver(
  configuration: Configuration,
  url: string,
  remedies: { readonly silent: string; readonly refused: string },
): Promise<Finding> {
  const { id, delivery } = await sendTestWebhook(configuration.webhook, url);
  if (delivery.kind === 'silent') {
    return failed(`${inQuotes(url)} does not answer (${delivery.problem})`, remedies.silent);
  }
  if (delivery.status !== 200) {
    const remedy = delivery.status === 503 ? 'Check the log of the bridge, and its disk.' : remedies.refused;
    return failed(`${inQuotes(url)} answered a test delivery with HTTP ${delivery.status}`, remedy);
  }
  return (await hasArrived(configuration, id))
    ? ok(`a test delivery to ${inQuotes(url)} arrived`)
    : failed(
        `a test delivery to ${inQuotes(url)} was answered with 200 but is not in the store`,
        'Another program listens there, or the bridge uses another store: compare store.file.',
      );
}
