import { randomUUID } from 'node:crypto';
import { whyUnreachable } from '@agrenting-hiclaw/operations';
import { isLoopback } from '@agrenting-hiclaw/core/agrenting';
import {
  checkWebhookRoutes,
  makeWebhookRoutes,
  openConsole,
  removeWebhookRoutes,
  type GatewayConsole,
  type GatewayFinding,
} from '@agrenting-hiclaw/hiclaw/setup';
import {
  fetchWithin,
  parseListenHost,
  parseServiceUrl,
  systemClock,
  type Configuration,
} from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { adminAccess, setupEnvironment, type SetupOptions } from '../setup/inputs.ts';
import { givenAddress } from '../terminal/given-address.ts';
import { mark, printJson } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface GatewayOptions extends SetupOptions {
  readonly console?: string | undefined;
  readonly gateway?: string | undefined;
  readonly bridgeHost?: string | undefined;
  readonly domain?: string | undefined;
}

const CONSOLE_URL = 'http://127.0.0.1:8001';
/** A plugin of the gateway takes so long at first (HiClaw reference, 7). */
const IN_EFFECT_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 1_500;
const TIMEOUT_MS = 10_000;

/** Makes the bridge's routes in HiClaw's gateway and looks whether they work. */
export async function setUpGateway(terminal: Terminal, options: GatewayOptions): Promise<void> {
  const given =
    options.bridgeHost === undefined
      ? undefined
      : givenAddress('--bridge-host', options.bridgeHost, parseListenHost);
  const { configuration, console } = await opened(terminal, options);
  const { webhook } = configuration;
  const bridgeHost = given ?? webhook.host;
  if (isLoopback(bridgeHost) && given === undefined) {
    throw new CommandError(
      EXIT.usage,
      `the bridge listens on ${bridgeHost}, which a gateway in a container cannot reach`,
      'Set webhook.host to the address of this machine in the network of the containers, such as 172.17.0.1; or pass --bridge-host if the gateway runs on this machine.',
    );
  }
  const findings = await makeWebhookRoutes(console, {
    bridgeHost,
    bridgePort: webhook.port,
    path: webhook.path,
    domains: options.domain === undefined ? [] : options.domain.split(','),
    header: webhook.header,
    scheme: webhook.scheme,
    keys: webhook.keys,
  });
  await report(terminal, options, configuration, findings);
}

/** Reads back what is in the gateway, and tries it where its address is given. */
export async function checkGateway(terminal: Terminal, options: GatewayOptions): Promise<void> {
  const { configuration, console } = await opened(terminal, options);
  await report(terminal, options, configuration, await checkWebhookRoutes(console, configuration.webhook));
}

/** Takes the bridge's routes out of the gateway. */
export async function undoGateway(terminal: Terminal, options: GatewayOptions): Promise<void> {
  const { console } = await opened(terminal, options);
  print(terminal, options, await removeWebhookRoutes(console));
}

async function opened(
  terminal: Terminal,
  options: GatewayOptions,
): Promise<{ readonly configuration: Configuration; readonly console: GatewayConsole }> {
  const url = givenAddress('--console', options.console ?? CONSOLE_URL, parseServiceUrl);
  if (options.gateway !== undefined) givenAddress('--gateway', options.gateway, parseServiceUrl);
  const configuration = await loadedConfiguration(terminal, options, { webhook: true });
  if (configuration.webhook.keys.length === 0) {
    throw new CommandError(EXIT.usage, 'no webhook key is set', 'Set HIGRESS_API_KEY or webhook.keys.');
  }
  const access = await adminAccess(await setupEnvironment(terminal, options), options);
  if (access === undefined) {
    throw new CommandError(
      EXIT.usage,
      "the gateway console needs HiClaw's admin password",
      'Set HICLAW_ADMIN_PASSWORD, or pass the env file of the installation with --hiclaw-env.',
    );
  }
  const signedIn = await openConsole({
    url,
    userName: access.name,
    password: access.password,
  });
  if (signedIn.kind === 'failed') {
    throw new CommandError(EXIT.unavailable, signedIn.problem, 'Set --console, and check the password.');
  }
  return { configuration, console: signedIn.console };
}

async function report(
  terminal: Terminal,
  options: GatewayOptions,
  configuration: Configuration,
  findings: readonly GatewayFinding[],
): Promise<void> {
  const isMade = findings.every(({ problem }) => problem === undefined);
  const tried =
    options.gateway === undefined || !isMade ? [] : await tryOut(terminal, options.gateway, configuration);
  print(terminal, options, [...findings, ...tried]);
}

function print(terminal: Terminal, options: GatewayOptions, findings: readonly GatewayFinding[]): void {
  if (options.json === true) printJson(terminal, { findings });
  else {
    for (const { what, problem } of findings) {
      terminal.print(
        problem === undefined
          ? `${mark(terminal, 'ok')} ${what}\n`
          : `${mark(terminal, 'failed')} ${what}: ${problem}\n`,
      );
    }
  }
  const failures = findings.filter(({ problem }) => problem !== undefined).length;
  if (failures > 0) throw new CommandError(EXIT.failed, `${failures} of ${findings.length} checks failed`);
}

/** Asks as the marketplace does: the probe without a key, and hires with the right one, a wrong one and none. */
async function tryOut(
  terminal: Terminal,
  gateway: string,
  { webhook }: Configuration,
): Promise<readonly GatewayFinding[]> {
  const url = `${givenAddress('--gateway', gateway, parseServiceUrl)}${webhook.path}`;
  const [key] = webhook.keys;
  const right = { [webhook.header]: `${webhook.scheme} ${key?.reveal()}` };
  const wrong = { [webhook.header]: `${webhook.scheme} ${randomUUID()}` };
  const tries = [
    { what: 'HEAD without a key', method: 'HEAD', headers: {}, isRight: (status: number) => status === 200 },
    { what: 'POST without a key', method: 'POST', headers: {}, isRight: isRefusal },
    { what: 'POST with a wrong key', method: 'POST', headers: wrong, isRight: isRefusal },
    {
      what: 'POST with the key',
      method: 'POST',
      headers: right,
      isRight: (status: number) => status === 200,
    },
  ] as const;
  const findings: GatewayFinding[] = [];
  const untilMs = performance.now() + IN_EFFECT_WITHIN_MS;
  for (const { what, method, headers, isRight } of tries) {
    let said = '';
    for (;;) {
      const status = await statusOf(url, method, headers);
      said = typeof status === 'number' ? `HTTP ${status}` : status;
      if ((typeof status === 'number' && isRight(status)) || performance.now() > untilMs) {
        findings.push({
          what: `${what} through the gateway: ${said}`,
          problem: typeof status === 'number' && isRight(status) ? undefined : 'that is not right',
        });
        break;
      }
      await systemClock.sleep(LOOK_EVERY_MS, terminal.stop);
      if (terminal.stop.aborted) return findings;
    }
  }
  return findings;
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

async function statusOf(
  url: string,
  method: 'HEAD' | 'POST',
  headers: Readonly<Record<string, string>>,
): Promise<number | string> {
  try {
    const { status } = await fetchWithin(url, {
      method,
      headers,
      ...(method === 'POST' ? { body: JSON.stringify({ hiring_id: `gateway-${randomUUID()}` }) } : {}),
      timeoutMs: TIMEOUT_MS,
    });
    return status;
  } catch (error) {
    return whyUnreachable(error);
  }
}
