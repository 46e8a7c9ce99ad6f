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
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { mark, printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { createRecorder } from './recorder.ts';

export interface VerifyOptions extends CommonOptions {
  readonly record?: string | undefined;
}

interface Verdict {
  /** What the adapter assumes, and where the reference says it. */
  readonly assumption: string;
  readonly section: string;
  readonly held: boolean;
  readonly detail: string;
}

type Ask = (
  assumption: string,
  section: string,
  check: () => Promise<string | { readonly problem: string }>,
) => Promise<void>;

const CLOCK_TIMEOUT_MS = 30_000;

/**
 * Checks with read-only requests whether a marketplace behaves as the adapter assumes. With `--record` it saves the shapes
 * of the responses for the maintainers of the adapter: no texts and no keys. No hiring is changed.
 */
export async function verifyMarketplace(terminal: Terminal, options: VerifyOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const { baseUrl } = configuration.marketplace;
  const file = options.record === undefined ? undefined : resolve(terminal.folder, options.record);
  // Created before the first request, so that no response is lost because the file cannot be written.
  if (file !== undefined) await writeFile(file, '', { mode: 0o600, flag: 'wx' });
  const recorder = createRecorder(() => new Date());
  const client = createRestClient({ baseUrl, clock: systemClock, fetch: recorder.fetch });
  const verdicts: Verdict[] = [];
  const ask: Ask = async (assumption, section, check) => {
    const outcome = await check().catch((error: unknown) => ({
      problem: error instanceof Error ? error.message : String(error),
    }));
    const verdict = {
      assumption,
      section,
      held: typeof outcome === 'string',
      detail: typeof outcome === 'string' ? outcome : outcome.problem,
    };
    verdicts.push(verdict);
    if (options.json !== true) {
      const symbol = mark(terminal, verdict.held ? 'ok' : 'failed');
      terminal.print(`${symbol} ${assumption} (API reference, ${section}): ${verdict.detail}\n`);
    }
  };
  try {
    await askAll(ask, client, configuration);
  } finally {
    client.close();
  }
  const lines = recorder.frames.map((frame) => JSON.stringify(frame));
  if (file !== undefined) await writeFile(file, `${lines.join('\n')}\n`);
  const broken = verdicts.filter(({ held }) => !held).length;
  if (options.json === true)
    printJson(terminal, { marketplace: baseUrl, verdicts, frames: lines.length, file });
  else
    terminal.print(
      `\n${verdicts.length - broken} of ${verdicts.length} assumptions hold${file === undefined ? '' : `; ${lines.length} frames are in ${file}`}\n`,
    );
  if (broken > 0)
    throw new CommandError(
      EXIT.failed,
      `${broken} assumptions do not hold`,
      file === undefined
        ? 'Run it again with --record <file>, and send the file to the maintainers.'
        : 'Send the file to the maintainers. It contains the shapes of responses, no texts and no keys.',
    );
}

async function askAll(ask: Ask, client: RestClient, { agents }: Configuration): Promise<void> {
  const [agent] = agents;
  if (agent === undefined) return;
  const { key } = agent;

  await ask("an agent's key is accepted as X-API-Key", '2.2', async () => {
    const page = await firstPendingPage(client, key);
    return page.kind === 'page' ? 'the list of pending hirings was returned' : { problem: page.problem };
  });
  await ask('an unknown key is refused with 401 or 403', '2.4', async () => {
    const page = await firstPendingPage(client, new Secret(`no-key-${randomUUID()}`));
    const status = page.kind === 'failed' ? page.status : undefined;
    return status === 401 || status === 403
      ? `HTTP ${status}`
      : { problem: `the answer was ${status ?? 'a list'}` };
  });
  let agentId: AgentId | undefined = agent.id;
  await ask('a listing has its id, and the worker in its metadata', '4.6', async () => {
    if (agentId === undefined)
      return { problem: 'agents[].id is not set, and finding it would not be read-only' };
    const outcome = await readAgentProfile(client, agentId, key);
    if (outcome.kind !== 'profile') return { problem: outcome.problem };
    agentId = outcome.profile.agentId;
    return `worker_matrix_id is ${outcome.profile.workerMatrixId === undefined ? 'not set' : 'set'}`;
  });
  const known = agentId ?? agentIdSchema.parse(randomUUID());
  await ask('a hiring that does not exist is answered with 404', '5', async () => {
    const marketplace = createMarketplace({
      client,
      agents: [{ agentId: known, key, session: () => undefined }],
    });
    const read = await marketplace.readHiring(known, hiringIdSchema.parse(randomUUID()));
    return read.kind === 'absent'
      ? 'the adapter reads it as absent'
      : { problem: `the adapter reads it as ${read.kind}` };
  });
  await ask('an MCP session opens, and hiring://pending is a list', '7', async () => {
    const sessions = createOneShotSessions({
      client,
      agentId: known,
      key,
      stop: new AbortController().signal,
      onAnomaly: () => {},
    });
    const read = await sessions.readPending();
    return read.kind === 'read' ? `${read.items.length} pending` : { problem: read.problem };
  });
  await ask('its clock and the local clock agree within two minutes', '10', async () => {
    const answer = await fetchWithin(client.baseUrl, {
      method: 'HEAD',
      timeoutMs: CLOCK_TIMEOUT_MS,
      fetch: client.fetch,
    });
    const theirs = parseTimeMs(answer.headers.get('date') ?? '');
    const skewMs = theirs === undefined ? Infinity : Math.abs(Date.now() - theirs);
    return skewMs < 120_000
      ? `${Math.round(skewMs / 1_000)} s`
      : { problem: theirs === undefined ? 'it sends no Date header' : `they differ by ${skewMs} ms` };
  });
}
