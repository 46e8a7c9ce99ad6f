import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  createMarketplace,
  createRestClient,
  createOneShotSessions,
  readAgentProfile,
  type RestClient,
} from '@agrenting-hiclaw/core/agrenting';
import {
  agentIdSchema,
  hiringIdSchema,
  parseTimeMs,
  Secret,
  type AgentId,
} from '@agrenting-hiclaw/core/domain';
import { fetchWithin, systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { firstPendingPage } from '@agrenting-hiclaw/operations';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { CommandError, EXIT } from '@agrenting-hiclaw/operations/exit-codes';
import { mark, printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { createRecorder } from './recorder.ts';

export interface ProbeOptions extends CommonOptions {
  readonly live?: boolean | undefined;
  readonly record?: string | undefined;
}

interface Verdict {
  /** What the code takes for granted, and where the reference says it. */
  readonly assumption: string;
  readonly section: string;
  readonly held: boolean;
  readonly detail: string;
}

type Ask = (
  assumption: string,
  section: string,
  look: () => Promise<string | { readonly problem: string }>,
) => Promise<void>;

const CLOCK_TIMEOUT_MS = 30_000;

/**
 * Asks a marketplace, by reading alone, whether what the adapter takes for granted holds there, and records the forms of
 * the responses, for maintainers of the adapter. No hiring is touched, and no texts are kept.
 */
export async function probe(terminal: Terminal, options: ProbeOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const { baseUrl } = configuration.marketplace;
  if (options.live !== true) {
    throw new CommandError(
      EXIT.usage,
      `this would send read-only requests to ${baseUrl}`,
      'Pass --live to send them.',
    );
  }
  const file = resolve(
    terminal.folder,
    options.record ?? `probe-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.jsonl`,
  );
  // Before anything is asked: what was said is not to be lost for want of a place.
  await writeFile(file, '', { mode: 0o600, flag: 'wx' });
  const recorder = createRecorder(() => new Date());
  const client = createRestClient({ baseUrl, clock: systemClock, fetch: recorder.fetch });
  const verdicts: Verdict[] = [];
  const ask: Ask = async (assumption, section, look) => {
    const said = await look().catch((error: unknown) => ({
      problem: error instanceof Error ? error.message : String(error),
    }));
    const verdict = {
      assumption,
      section,
      held: typeof said === 'string',
      detail: typeof said === 'string' ? said : said.problem,
    };
    verdicts.push(verdict);
    if (options.json !== true) {
      const sign = mark(terminal, verdict.held ? 'ok' : 'failed');
      terminal.print(`${sign} ${assumption} (API reference, ${section}): ${verdict.detail}\n`);
    }
  };
  try {
    await askAll(ask, client, configuration);
  } finally {
    client.close();
  }
  const lines = recorder.frames.map((frame) => JSON.stringify(frame));
  await writeFile(file, `${lines.join('\n')}\n`);
  const broken = verdicts.filter(({ held }) => !held).length;
  if (options.json === true)
    printJson(terminal, { marketplace: baseUrl, verdicts, frames: lines.length, file });
  else
    terminal.print(
      `\n${verdicts.length - broken} of ${verdicts.length} held; ${lines.length} frames are in ${file}\n`,
    );
  if (broken > 0)
    throw new CommandError(
      EXIT.failed,
      `${broken} assumptions did not hold`,
      'Send the file to the maintainers. It holds shapes of responses, no texts and no keys.',
    );
}

async function askAll(ask: Ask, client: RestClient, { agents }: Configuration): Promise<void> {
  const [agent] = agents;
  if (agent === undefined) return;
  const { key } = agent;

  await ask("an agent's key is taken as X-API-Key", '2.2', async () => {
    const page = await firstPendingPage(client, key);
    return page.kind === 'page' ? 'the list of pending hirings was given' : { problem: page.problem };
  });
  await ask('another key is refused with 401 or 403', '2.4', async () => {
    const page = await firstPendingPage(client, new Secret(`no-key-${randomUUID()}`));
    const status = page.kind === 'failed' ? page.status : undefined;
    return status === 401 || status === 403
      ? `HTTP ${status}`
      : { problem: `it was answered ${status ?? 'with a list'}` };
  });
  let agentId: AgentId | undefined = agent.id;
  await ask('a listing is read with its id, and with the worker in its metadata', '4.6', async () => {
    if (agentId === undefined) return { problem: 'agents[].id is not set, and asking for it is no reading' };
    const outcome = await readAgentProfile(client, agentId, key);
    if (outcome.kind !== 'profile') return { problem: outcome.problem };
    agentId = outcome.profile.agentId;
    return `worker_matrix_id is ${outcome.profile.workerMatrixId === undefined ? 'not set' : 'there'}`;
  });
  const known = agentId ?? agentIdSchema.parse(randomUUID());
  await ask('a hiring that is not there is answered 404', '5', async () => {
    const marketplace = createMarketplace({
      client,
      agents: [{ agentId: known, key, session: () => undefined }],
    });
    const read = await marketplace.readHiring(known, hiringIdSchema.parse(randomUUID()));
    return read.kind === 'absent' ? 'it is taken for absent' : { problem: `it is taken for ${read.kind}` };
  });
  await ask('a session over MCP opens, and hiring://pending is a list', '7', async () => {
    const sessions = createOneShotSessions({
      client,
      agentId: known,
      key,
      stop: new AbortController().signal,
      onOddity: () => {},
    });
    const read = await sessions.readPending();
    return read.kind === 'read' ? `${read.items.length} pending` : { problem: read.problem };
  });
  await ask('its clock and ours agree within two minutes', '10', async () => {
    const answer = await fetchWithin(client.baseUrl, {
      method: 'HEAD',
      timeoutMs: CLOCK_TIMEOUT_MS,
      fetch: client.fetch,
    });
    const theirs = parseTimeMs(answer.headers.get('date') ?? '');
    const skewMs = theirs === undefined ? Infinity : Math.abs(Date.now() - theirs);
    return skewMs < 120_000
      ? `${Math.round(skewMs / 1_000)} s`
      : { problem: `they differ by ${skewMs} ms, or none was given` };
  });
}
