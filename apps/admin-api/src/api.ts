import { OpenAPIHono } from '@hono/zod-openapi';
import { BASE_PATH } from './base-path.ts';
import { auditing, guarded, onError, type ApiEnv } from './access/guard.ts';
import { draftToWrite, keySource, readDraft } from './configuration-file.ts';
import { documentOf } from './document.ts';
import { bounded } from './http/bounded.ts';
import { ownName, safeHeaders } from './http/headers.ts';
import { Problem } from './http/problem.ts';
import { addApiDocs, once } from './http/api-docs.ts';
import type { ApiContext } from './context.ts';
import { addAgentCommands } from './routes/agent-commands.ts';
import { addAgents } from './routes/agents.ts';
import { addEvents } from './routes/events.ts';
import { addHiringCommands } from './routes/hiring-commands.ts';
import { addHiringFiles } from './routes/hiring-files.ts';
import { addHirings } from './routes/hirings.ts';
import { addLists } from './routes/lists.ts';
import { addOverview } from './routes/overview.ts';
import { addReference } from './routes/reference.ts';
import type { Api } from './routes/route.ts';
import { addSession, addSessionOpening } from './routes/session.ts';
import { addSettings } from './routes/settings.ts';
import { addWorkers } from './routes/workers.ts';

const MAX_TOKEN_BODY_BYTES = 4_096;

/** Everything that the operator's port serves: the API, its document, the console, health and metrics. */
export function createApi(parts: ApiContext): OpenAPIHono<ApiEnv> {
  const { access, log } = parts;
  const root = new OpenAPIHono<ApiEnv>();
  root.use(safeHeaders());
  const { host, trustedProxies } = parts.configuration.admin;
  // A proxy passes on the name that it has itself.
  if (trustedProxies.length === 0) root.use(ownName(host));
  const answerError = onError((error, unreported) =>
    log.error({ error, unreported }, 'a request of an operator failed'),
  );
  root.onError(answerError);

  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook(result) {
      if (!result.success) throw unreadable(result.target, result.error.issues);
    },
  });
  api.onError(answerError);
  api.use(auditing(parts));
  const allowed = { of: (_path: string): readonly string[] => [] };
  api.use(async ({ req }, next) => {
    const methods = allowed.of(req.path.slice(BASE_PATH.length));
    const known = req.method === 'HEAD' ? 'GET' : req.method;
    if (methods.length > 0 && !methods.includes(known)) throw otherMethods(methods);
    await next();
  });
  // The document says no more than the source, and the author of a client has no token yet.
  const document = once(() => documentOf(api));
  const documentText = once(() => JSON.stringify(document()));
  api.get('/openapi.json', (context) =>
    context.body(documentText(), 200, { 'content-type': 'application/json' }),
  );
  // Strangers are read no further than a token is long, and nothing else of them is read at all.
  api.use('/session', bounded(MAX_TOKEN_BODY_BYTES));
  addSessionOpening(api, parts);
  api.use(guarded({ access }));
  api.use(bounded());
  const { environment } = parts;
  addSession(api, parts);
  addReference(api);
  addOverview(api, parts);
  addHirings(api, parts);
  addHiringFiles(api, parts);
  addHiringCommands(api, parts);
  addEvents(api, parts);
  addAgents(api, { ...parts, keySource: async (index) => await keySource(environment, index) });
  addAgentCommands(api, { ...parts, draft: async () => await draftToWrite(environment) });
  addWorkers(api, parts);
  addLists(api, parts);
  addSettings(api, { ...parts, readDraft: async () => await readDraft(environment) });
  allowed.of = allowedMethods(api);
  api.all('*', () => {
    throw new Problem(404, 'No such path.', { todo: 'See /api/v1/openapi.json.' });
  });

  root.route(BASE_PATH, api);
  addApiDocs(root, parts, document);
  return root;
}

/** The methods that a path of the document takes. */
function allowedMethods(api: Api): (path: string) => readonly string[] {
  const routes = api.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route' ? [definition.route] : [],
  );
  const patterns = routes.map(({ method, path }) => ({
    method: method.toUpperCase(),
    // bounded: made of paths of ours
    pattern: new RegExp(`^${path.replaceAll(/\{\w{1,40}\}/g, '[^/]{1,1024}')}$`),
  }));
  return (path) => patterns.flatMap(({ method, pattern }) => (pattern.test(path) ? [method] : []));
}

function otherMethods(methods: readonly string[]): Problem {
  return new Problem(405, 'This path does not support that method.', {
    todo: `Use ${methods.join(' or ')}.`,
    allow: methods,
  });
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Names what is wrong, never with what was sent. */
function unreadable(target: string, issues: readonly Issue[]): Problem {
  const named = issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join('.') || target}: ${message}`);
  const detail = `${target === 'json' ? 'the body' : `the ${target}`} cannot be read: ${named.join('; ')}`;
  return new Problem(400, detail.slice(0, 1_000), { todo: 'See /api/v1/openapi.json for valid requests.' });
}
