import { createRoute, z } from '@hono/zod-openapi';
import {
  type ConfigFile,
  keyFileOf,
  newKeyFile,
  registerWorker,
  rotateKeyIn,
  changeListingStatus,
  workerOf,
} from '@agrenting-hiclaw/operations';
import { changeListing, parseBaseUrl } from '@agrenting-hiclaw/core/agrenting';
import { LIMITS, type AgentId } from '@agrenting-hiclaw/core/domain';
import { Problem } from '../http/problem.ts';
import type { ApiContext } from '../context.ts';
import { runOnce } from './command.ts';
import { noAgent } from './no-agent.ts';
import {
  agentId,
  body,
  COMMAND_PROBLEMS,
  commandId,
  json,
  SECURED,
  words,
  workerName,
  type Api,
} from './route.ts';

const answer = z
  .object({
    agentId: z.string(),
    done: z.string(),
    problem: z.string().nullable(),
    todo: z.string().nullable(),
  })
  .openapi('AgentAnswer');

const taken = json(answer, 'What became of it.');
const params = z.object({ id: agentId });
const plain = body(z.strictObject({ commandId }));
const common = { tags: ['agents'], security: SECURED, responses: { 200: taken, ...COMMAND_PROBLEMS } };

const price = z.string().regex(/^\d{1,9}(\.\d{1,2})?$/);
const capabilities = z.array(words(LIMITS.capabilityCharacters)).min(1).max(LIMITS.capabilities);

const pauseRoute = createRoute({
  method: 'post',
  path: '/agents/{id}/pause',
  summary: 'Pause it on the marketplace; open hirings are still completed',
  request: { params, body: plain },
  ...common,
});
const resumeRoute = createRoute({
  method: 'post',
  path: '/agents/{id}/resume',
  summary: 'Resume it on the marketplace',
  request: { params, body: plain },
  ...common,
});
const rotateRoute = createRoute({
  method: 'post',
  path: '/agents/{id}/rotate-key',
  summary: 'Rotate its key; the new key is saved to its file and never shown',
  request: { params, body: plain },
  ...common,
});
const changeRoute = createRoute({
  method: 'patch',
  path: '/agents/{id}',
  summary: 'Change its listing: it is read in full, changed, written and read back',
  request: {
    params,
    body: body(
      z.strictObject({
        commandId,
        description: words(LIMITS.agentDescriptionCharacters).optional(),
        capabilities: capabilities.optional(),
        basePrice: price.optional(),
        status: z.enum(['active', 'inactive']).optional(),
      }),
    ),
  },
  ...common,
});
const registerRoute = createRoute({
  method: 'post',
  path: '/agents',
  summary: 'Register a worker as an agent, save its key and add it to the configuration',
  request: {
    body: body(
      z.strictObject({
        commandId,
        worker: workerName,
        name: words(LIMITS.agentNameCharacters),
        description: words(LIMITS.agentDescriptionCharacters),
        capabilities,
        price,
      }),
    ),
  },
  ...common,
});

const RESTART = '`up` loads it within seconds; restart other processes that use the configuration.';

export interface AgentCommandsOptions extends ApiContext {
  /** The configuration file; throws `Problem` where there is none. */
  readonly draft: () => Promise<ConfigFile>;
}

/** Gives what runs one after another, whatever became of the one before. */
function takingTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return async <Outcome>(run: () => Promise<Outcome>): Promise<Outcome> => {
    const turn = last.then(run);
    last = turn.catch(() => undefined);
    return await turn;
  };
}

/** What operators have agents do. */
export function addAgentCommands(api: Api, parts: AgentCommandsOptions): void {
  const { agents, client, clock, configuration, looks, store } = parts;
  const inTurn = takingTurns();
  const resultOf = (id: string, done: string, problem?: string, todo?: string) => {
    looks.forget();
    return { agentId: id, done, problem: problem ?? null, todo: todo ?? null };
  };

  /** The agent of the configuration with that id, also where its id had to be asked for. */
  async function named(id: AgentId) {
    const agent =
      agents.configured(id) ??
      configuration.agents.find((each) => each.id === id) ??
      configuration.agents[(await looks.all()).find((each) => each.agentId === id)?.index ?? -1];
    if (agent === undefined) throw noAgent(id);
    return agent;
  }

  for (const [route, status, done] of [
    [pauseRoute, 'inactive', 'paused'],
    [resumeRoute, 'active', 'resumed'],
  ] as const) {
    api.openapi(route, async (context) => {
      const { id } = context.req.valid('param');
      const asked = context.req.valid('json');
      const run = async () => {
        const { key } = await named(id);
        const offered = { store, client, agents: [{ agentId: id, key }], all: false, status } as const;
        const [outcome] = await changeListingStatus({ ...offered, nowMs: clock.nowMs() });
        const todo =
          outcome?.problem === undefined ? undefined : 'Set the listing on the marketplace by hand.';
        return resultOf(id, done, outcome?.problem, todo);
      };
      return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 200);
    });
  }

  api.openapi(rotateRoute, async (context) => {
    const { id } = context.req.valid('param');
    const asked = context.req.valid('json');
    const run = async () => {
      const agent = await named(id);
      const keyFile = keyFileOf(configuration, await parts.draft(), configuration.agents.indexOf(agent));
      await rotateKeyIn(configuration, agent, keyFile);
      return resultOf(id, 'rotated', undefined, RESTART);
    };
    const command = { id: asked.commandId, asked, run, once: true };
    return context.json(await runOnce(parts, context, answer, command), 200);
  });

  api.openapi(changeRoute, async (context) => {
    const { id } = context.req.valid('param');
    const asked = context.req.valid('json');
    const { commandId: command, ...change } = asked;
    const run = async () => {
      const { key } = await named(id);
      if (Object.keys(change).length === 0) {
        throw new Problem(422, 'There is nothing to change.', { todo: 'Give at least one field.' });
      }
      const outcome = await changeListing(client, id, key, change);
      if (outcome.kind === 'set') return resultOf(id, 'changed');
      looks.forget();
      throw new Problem(424, outcome.problem, {
        todo: 'Check the listing on the marketplace.',
      });
    };
    return context.json(await runOnce(parts, context, answer, { id: command, asked, run }), 200);
  });

  api.openapi(registerRoute, async (context) => {
    const asked = context.req.valid('json');
    context.set('subject', asked.worker);
    const register = async () => {
      const { userToken, baseUrl } = configuration.marketplace;
      if (userToken === undefined) {
        throw new Problem(422, 'Registering an agent needs a user token, and none is configured.', {
          todo: 'Set AGRENTING_USER_TOKEN or marketplace.userToken, or run `agrenting-hiclaw register`.',
        });
      }
      const worker = await workerOf(configuration, asked.worker);
      const parsed = parseBaseUrl(baseUrl);
      if (parsed.kind !== 'valid') throw new Problem(422, parsed.problem);
      const draft = await parts.draft();
      const keyFile = await newKeyFile(draft, worker.name, false);
      const offered = await registerWorker(
        {
          draft,
          baseUrl: parsed.baseUrl,
          userToken,
          worker: worker.name,
          agent: {
            name: asked.name,
            description: asked.description,
            capabilities: asked.capabilities,
            category: 'custom',
            pricingModel: 'fixed',
            basePrice: asked.price,
            workerMatrixId: worker.userId,
          },
          storeKey: configuration.store.key,
        },
        keyFile,
      );
      return resultOf(offered.agentId, 'registered', undefined, RESTART);
    };
    // Each reads the configuration file, and writes it when the marketplace has answered.
    const run = async () => await inTurn(register);
    const command = { id: asked.commandId, asked, run, once: true };
    return context.json(await runOnce(parts, context, answer, command), 200);
  });
}
