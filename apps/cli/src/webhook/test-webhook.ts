import {
  probePresence,
  sendTestWebhook,
  hasArrived,
  HEAD_WITHIN_MS,
  isOwnAddress,
  ownWebhookUrl,
  type Answered,
  type Trial,
} from '@agrenting-hiclaw/operations';
import { createRestClient, readAgentProfile } from '@agrenting-hiclaw/core/agrenting';
import { parseHttpUrl, systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { namedAgent } from '../agents/named-agent.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { givenAddress } from '../terminal/given-address.ts';
import { mark, printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

export interface TestWebhookOptions extends CommonOptions {
  readonly url?: string | undefined;
  readonly agent?: string | undefined;
}

/** A test delivery, and the availability probe before it. */
interface Tried extends Trial {
  readonly head: Answered;
}

/**
 * Sends the bridge what the marketplace would send it, as a trial that never becomes a hiring: a `HEAD` without a key,
 * and a delivery with key and signature. Says what came back, and whether the delivery is in the store.
 */
export async function testWebhook(terminal: Terminal, options: TestWebhookOptions): Promise<void> {
  const { url: given } = options;
  const address = given === undefined ? undefined : givenAddress('--url', given, parseHttpUrl);
  const configuration = await loadedConfiguration(terminal, options, { webhook: true });
  const url = await placeOf(configuration, { ...options, url: address });
  const head = await probePresence(configuration.webhook, url);
  const trial: Tried = { head, ...(await sendTestWebhook(configuration.webhook, url)) };
  const kept = await hasArrived(configuration, trial.id);
  const problem = problemOf(trial, kept, url);
  if (options.json === true) {
    printJson(terminal, { url, trial: trial.id, head: trial.head, delivery: trial.delivery, kept });
  } else {
    const line = (isRight: boolean, text: string): void =>
      terminal.print(`${mark(terminal, isRight ? 'ok' : 'failed')} ${text}\n`);
    terminal.print(`${url}\n`);
    line(isHeadRight(trial.head), `HEAD without a key: ${describeResponse(trial.head)}`);
    line(isTaken(trial.delivery), `test delivery: ${describeResponse(trial.delivery)}`);
    line(kept, kept ? `${trial.id} is in the store, and is not a hiring` : `${trial.id} is not in the store`);
  }
  if (problem !== undefined) throw problem;
}

/** Where the delivery goes: where it was said, where an agent's listing says, or to the bridge on this machine. */
async function placeOf(configuration: Configuration, { url, agent }: TestWebhookOptions): Promise<string> {
  if (url !== undefined && agent !== undefined) {
    throw new CommandError(EXIT.usage, 'pass only one of --url and --agent');
  }
  if (url !== undefined) return url;
  if (agent !== undefined) return await callbackOf(configuration, agent);
  if (configuration.webhook.port === 0) {
    throw new CommandError(
      EXIT.usage,
      'webhook.port is 0, so the port is unknown',
      'Pass --url with the address that the bridge prints when it starts.',
    );
  }
  return ownWebhookUrl(configuration.webhook);
}

async function callbackOf(configuration: Configuration, name: string): Promise<string> {
  const client = createRestClient({ baseUrl: configuration.marketplace.baseUrl, clock: systemClock });
  try {
    const { agentId, key } = await namedAgent(configuration, client, name);
    const outcome = await readAgentProfile(client, agentId, key);
    if (outcome.kind !== 'profile') throw new CommandError(EXIT.unavailable, outcome.problem);
    const { callbackUrl } = outcome.profile;
    if (callbackUrl !== undefined && URL.canParse(callbackUrl)) {
      if (isOwnAddress(configuration.webhook, callbackUrl)) return callbackUrl;
      const { href, origin } = new URL(callbackUrl);
      throw new CommandError(
        EXIT.usage,
        `the listing of ${name} names ${href}, which is not at webhook.publicUrl: a delivery would give that address a key`,
        `If it leads to your bridge, set webhook.publicUrl to ${origin}, or pass --url ${href}.`,
      );
    }
    throw new CommandError(
      EXIT.usage,
      `the listing of ${name} names no callback URL: it is reached over MCP`,
      'Pass --url, or neither option for the bridge on this machine.',
    );
  } finally {
    client.close();
  }
}

function isHeadRight(head: Answered): boolean {
  return head.kind === 'answered' && head.status >= 200 && head.status < 300 && head.tookMs <= HEAD_WITHIN_MS;
}

function isTaken(delivery: Answered): boolean {
  return delivery.kind === 'answered' && delivery.status === 200;
}

function describeResponse(answered: Answered): string {
  if (answered.kind === 'silent') return `no answer (${answered.problem})`;
  const { status, tookMs, text } = answered;
  return `HTTP ${status} after ${tookMs} ms${text === '' ? '' : `, ${text}`}`;
}

function problemOf({ head, delivery }: Tried, kept: boolean, url: string): CommandError | undefined {
  if (delivery.kind === 'silent') {
    return new CommandError(
      EXIT.unavailable,
      `${url} does not answer`,
      'Check that the bridge runs. Start it with agrenting-hiclaw up --apps bridge,poller. If it runs, check the gateway in front of it.',
    );
  }
  if (!isTaken(delivery))
    return new CommandError(EXIT.failed, 'the delivery was refused', remedyOf(delivery.status));
  if (!kept) {
    return new CommandError(
      EXIT.failed,
      'the delivery was accepted but is not in the store',
      'Another program listens there, or the bridge uses another store: compare store.file.',
    );
  }
  if (isHeadRight(head)) return undefined;
  return new CommandError(
    EXIT.failed,
    'the marketplace would treat the agent as offline: HEAD must be answered with 2xx, without a key, within 2 s',
    'Let the gateway forward HEAD without a key: `agrenting-hiclaw gateway setup` creates such a route.',
  );
}

function remedyOf(status: number): string {
  if (status === 401 || status === 403) {
    return 'The bridge runs with another key or secret than this configuration, or the gateway changes the header: compare webhook.keys and start the bridge again.';
  }
  if (status === 404) return 'Compare webhook.path with the path of the URL, and the route of the gateway.';
  if (status === 429) return 'Too many came with a wrong key: wait a minute.';
  if (status === 503) return 'Look at the log of the bridge, and at its disk.';
  return 'Look at the log of the bridge, and at the gateway before it.';
}
