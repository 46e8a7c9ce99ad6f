import { hash } from 'node:crypto';
import { parseBaseUrl } from '@agrenting-hiclaw/core/base-url';
import {
  agentIdSchema,
  CHOSEN_ALERT_KINDS,
  DEFAULT_DEADLINE,
  DEFAULT_HICLAW_PROFILE,
  DEFAULT_POLICY,
  DEFAULT_TIMING,
  HICLAW_PROFILES,
  Secret,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import {
  parseHttpUrl,
  parseListenHost,
  parseNetwork,
  parseOrigin,
  parsePlace,
  parseServiceUrl,
  type ParsedAddress,
} from './address.ts';
import { problemOfKey, problemOfSecret } from './key-material.ts';
import { AGENT_VARIABLES, described, privateSecretSetting, secretSetting, setting } from './setting-facts.ts';

/** Of what is no text; where YAML made something else of it, quotes help. */
const quoted = { error: 'must be text: put it in quotes' };

/** One of some words. */
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, `must be one of: ${words.join(', ')}`);

/** A text that may be a secret, as far as that can be told. */
const secretText = (problemOf: (text: string) => string | undefined) =>
  z
    .string(quoted)
    .trim()
    .min(1, { error: 'is empty', abort: true })
    .superRefine((value, context) => {
      const problem = problemOf(value);
      if (problem !== undefined) context.addIssue(problem);
    })
    .transform((value) => new Secret(value));

/** Somebody else's: how long it has to be is theirs to know. */
const secret = secretText(problemOfSecret);
/** The owner's own choice, for comparing and signing. */
const key = secretText(problemOfKey);
const text = z.string(quoted).trim().min(1, 'is empty');
const url = z.url({
  protocol: /^https?$/,
  error: 'must be an http or https URL',
});
/** A setting that is an address, in the one spelling that everything else is given. */
const addressBy = <T extends z.ZodType<string>>(given: T, parse: (value: string) => ParsedAddress) =>
  given.transform((value, context) => {
    const parsed = parse(value);
    if (parsed.kind === 'address') return parsed.address;
    context.addIssue(parsed.problem);
    return z.NEVER;
  });
const httpUrl = addressBy(url, parseHttpUrl);
const serviceUrl = addressBy(url, parseServiceUrl);
const origin = addressBy(url, parseOrigin);
const listenHost = addressBy(text, parseListenHost);
const network = addressBy(text, parseNetwork);
const seconds = z.coerce.number({ error: 'must be a number' }).positive('must be more than 0');
const days = z.coerce
  .number({ error: 'must be a number' })
  .int('must be a whole number of days')
  .min(0, 'must be 0 (keep forever) or more')
  .max(36_500, 'must be at most 36500');
const port = z.coerce
  .number({ error: 'must be a number' })
  .int('must be a whole number')
  .min(0)
  .max(65_535, 'is not a port');

/** 32 bytes as base64 or hex; the store refuses everything else, so it is said before anything starts. */
const encryptionKey = z
  .string()
  .trim()
  .regex(/^(?:[\w+/-]{43}=?|[0-9a-fA-F]{64})$/, 'is not 32 bytes as base64 or hex')
  .transform((value) => new Secret(value));

/** Keys are sent to this origin and nowhere else, so it is checked before anything starts. */
const baseUrl = text.transform((value, context) => {
  const parsed = parseBaseUrl(value);
  if (parsed.kind === 'valid') return parsed.baseUrl;
  context.addIssue(`is not usable: ${parsed.problem}`);
  return z.NEVER;
});

const matrixUserId = z
  .string()
  .regex(
    /^@[^:]{1,255}:.{1,255}$/,
    'must be a full Matrix id such as @agrenting:matrix-local.hiclaw.io:18080',
  );

/** The owner's rules; in `policy` for all agents, and under one agent for it alone. */
const rules = {
  minPrice: described(
    'Hires below this price are declined, such as 5.00; a hire with an unreadable price needs an operator.',
    z
      .union([z.string(), z.number().transform(String)])
      .refine((value) => /^\d{1,9}(?:\.\d{1,2})?$/.test(value), 'must be an amount such as 5.00')
      .optional(),
  ),
  capabilities: described('Hires for other capabilities are declined.', z.array(text).optional()),
  repositories: described(
    'Hires that name another repository are declined; owner/name or owner/*.',
    z
      .array(z.string().regex(/^[\w.-]{1,100}\/(?:[\w.-]{1,100}|\*)$/, 'must be owner/name or owner/*'))
      .optional(),
  ),
  assignmentsPerWorker: described(
    `Open assignments at one worker; more are merged into one job by most workers (${DEFAULT_POLICY.concurrency}).`,
    z.coerce.number().int().min(1).max(100).optional(),
  ),
  maxTaskCharacters: described(
    'Hires with a longer task are declined.',
    z.coerce.number().int().min(1).max(10_000_000).optional(),
  ),
  approve: described(
    'What needs your approval: nothing, the work, the results, or both.',
    oneOf(['nothing', 'work', 'results', 'both']).optional(),
  ),
  heldResults: described(
    'What happens to a result that fails the review.',
    oneOf(['hold', 'fail']).optional(),
  ),
  resultDigest: described(
    'Whether a result counts only once its worker has reported the SHA-256 of result.md, and result.md names those of all files (docs/shared-storage.md).',
    oneOf(['optional', 'required']).optional(),
  ),
  push: described(
    'Who pushes to the repository of a hirer: adapter, worker, or off.',
    oneOf(['adapter', 'worker', 'off']).optional(),
  ),
  questions: described(
    "Who answers a worker's questions: the hirer or the operator (owner).",
    oneOf(['hirer', 'owner']).optional(),
  ),
  progress: described('Whether progress is reported to the hirer.', z.boolean().optional()),
  progressCharacters: described(
    `Longest progress report to the hirer; the rest is cut (${DEFAULT_POLICY.progressLimit.characters}).`,
    z.coerce.number().int().min(1).max(5_000).optional(),
  ),
  progressReports: described(
    `Progress reports to the hirer in one attempt (${DEFAULT_POLICY.progressLimit.messages}).`,
    z.coerce.number().int().min(0).max(30).optional(),
  ),
  questionCharacters: described(
    `Longest question to the hirer; the rest is cut (${DEFAULT_POLICY.questionLimit.characters}).`,
    z.coerce.number().int().min(1).max(5_000).optional(),
  ),
  questionCount: described(
    `Questions to the hirer in one attempt; the operator answers further ones (${DEFAULT_POLICY.questionLimit.messages}).`,
    z.coerce.number().int().min(0).max(30).optional(),
  ),
  maxUnpaidCharacters: described(
    `A worker that reports being blocked after the hirer received this many characters needs an operator (${DEFAULT_POLICY.maxUnpaidCharacters}).`,
    z.coerce.number().int().min(0).max(1_000_000).optional(),
  ),
  approvePushes: described(
    'Whether a hire delivered by push needs your approval before the work.',
    z.boolean().optional(),
  ),
};

const agent = z.strictObject({
  id: described(
    `Its UUID; the marketplace is asked when it is left out. Variable ${AGENT_VARIABLES.id}, for one agent.`,
    agentIdSchema.optional(),
  ),
  key: described(
    `Its own API key, or keyFile; \`agrenting-hiclaw register\` makes it. Variable ${AGENT_VARIABLES.key}, for one agent.`,
    secret,
  ),
  worker: described(
    `The name of the worker that does its work, or the one that its listing names. Variable ${AGENT_VARIABLES.worker}, for one agent.`,
    text.optional(),
  ),
  policy: described(
    'Overrides single settings of the section policy for this agent.',
    z.strictObject(rules).prefault({}),
  ),
});

const rooms = oneOf(['auto', 'per-hiring', 'worker']);

const worker = z.strictObject({
  name: described(
    'Lower-case letters, digits and hyphens.',
    z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens'),
  ),
  userId: described(
    'Its full Matrix id.',
    z
      .string()
      .regex(
        /^@[^:]{1,255}:.{1,255}$/,
        'must be a full Matrix id such as @alice:matrix-local.hiclaw.io:18080',
      ),
  ),
  roomId: described(
    'The id of its own room.',
    z.string().regex(/^!.+$/, 'must be a Matrix room id such as !abc:matrix-local.hiclaw.io:18080'),
  ),
  /** What it runs on; the registry says it of the workers that it has. */
  runtime: described(
    'Its runtime; the registry has it as well.',
    oneOf(['openclaw', 'copaw', 'qwenpaw', 'hermes', 'openhuman', 'deepseek-harness']).optional(),
  ),
  rooms: described('Overrides matrix.rooms for this worker.', rooms.optional()),
});

/** A list in the configuration file, a JSON list in the environment. */
const command = z.preprocess(
  (value, context) => {
    if (typeof value !== 'string') return value;
    try {
      const parsed: unknown = JSON.parse(value);
      return parsed;
    } catch {
      context.addIssue('must be a JSON list of program and arguments');
      return z.NEVER;
    }
  },
  z.array(text, 'must be a list of program and arguments').min(1, 'must name a program'),
);

/** One or several; in the environment they are parted by commas or white space. */
const keys = z.preprocess((value, context) => {
  if (typeof value !== 'string') return value;
  const parts = value.split(/[\s,]+/).filter((part) => part !== '');
  // Taken for no key at all it would switch off what it was to guard.
  if (parts.length === 0) context.addIssue('is empty');
  return parts;
}, z.array(key, 'must be a list of secrets').default([]));

const HEADER_TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** What the bridge listens for; the other apps do not look at it. */
const webhook = z.strictObject({
  host: setting(
    'ADAPTER_WEBHOOK_HOST',
    'the address that the bridge listens on, 127.0.0.1; a gateway in a container cannot reach that one',
    listenHost.prefault('127.0.0.1'),
  ),
  port: setting('WEBHOOK_PORT', 'the port that the bridge listens on, 8089', port.default(8089)),
  path: described(
    'Where hires are posted.',
    z
      .string()
      .regex(/^\/[\w./~-]*$/, 'must be a path such as /webhook/agrenting/hiring')
      .default('/webhook/agrenting/hiring'),
  ),
  /** Each is valid; two during a rotation. */
  keys: secretSetting(
    'HIGRESS_API_KEY',
    "the key that authenticates hires, from `openssl rand -hex 32`, as the agent's callback_auth_header has it; two, separated by a comma, during a rotation",
    keys,
  ),
  header: described(
    'The header with the key.',
    z.string().regex(HEADER_TOKEN, 'must be a header name').default('Authorization'),
  ),
  /** Stands before the key in the header; a bare key is taken, too. */
  scheme: described(
    'The scheme before the key in the header; a bare key is accepted as well.',
    z.string().regex(HEADER_TOKEN, 'must be a scheme such as ApiKey').default('ApiKey'),
  ),
  insecure: described('true: no key, for tests on 127.0.0.1 only.', z.boolean().default(false)),
  signature: described(
    'Whether hires have to be signed; required when there are secrets.',
    oneOf(['off', 'optional', 'required']).optional(),
  ),
  signatureSecrets: secretSetting(
    'ADAPTER_WEBHOOK_SECRET',
    'the secret that hires are signed with, where the marketplace gives one; optional',
    keys,
  ),
  /** Whether the secret itself in `X-Webhook-Secret` is as good as a signature: an older form. */
  secretHeader: described(
    'true: the secret itself in X-Webhook-Secret is as good as a signature.',
    z.boolean().default(false),
  ),
  /** Where the marketplace reaches the bridge; besides the bridge itself nobody else is sent a key on trial. */
  publicUrl: setting(
    'ADAPTER_WEBHOOK_PUBLIC_URL',
    'the address under which the marketplace reaches the bridge, such as https://hires.example.com; `agrenting-hiclaw register --callback-url` writes it; `doctor` and `webhook test` send a key to no other address that a listing names',
    serviceUrl.optional(),
  ),
  /** Where workers reach the bridge to hand in a result by HTTP; without it there is no such way. */
  resultsUrl: setting(
    'ADAPTER_RESULTS_URL',
    'where workers reach the bridge to hand in results by HTTP, such as http://host.docker.internal:8089; optional',
    serviceUrl.optional(),
  ),
  toleranceSeconds: described('How old a time-stamped signature may be.', seconds.default(300)),
  trustedProxies: described(
    'Addresses or networks whose X-Forwarded-For is believed.',
    z.array(network).default([]),
  ),
  maxBodyBytes: described(
    'Larger bodies are refused.',
    z.coerce
      .number({ error: 'must be a number' })
      .int('must be a whole number')
      .min(1_024, 'must be at least 1024')
      .max(16 * 1_024 * 1_024, 'must be at most 16777216')
      .default(1_024 * 1_024),
  ),
});

/** The operator's own alerts; there are none without a room or a URL. */
const alerts = z.strictObject({
  matrixRoom: setting(
    'ADAPTER_ALERTS_ROOM',
    'Matrix room for alerts, such as !abc:matrix-local.hiclaw.io:18080; optional',
    z
      .string()
      .regex(/^!.+$/, 'must be a Matrix room id such as !abc:matrix-local.hiclaw.io:18080')
      .optional(),
  ),
  webhookUrl: setting(
    'ADAPTER_ALERTS_URL',
    'URL that receives alerts as JSON, such as https://example.com/alerts; optional',
    httpUrl.optional(),
  ),
  webhookSecret: secretSetting(
    'ADAPTER_ALERTS_SECRET',
    'secret that signs these requests, such as whsec_ and base64; optional',
    key.optional(),
  ),
  kinds: described(
    'Kinds of alerts to send.',
    z
      .array(oneOf(CHOSEN_ALERT_KINDS), 'must be a list of kinds')
      .default(['attention', 'agent_offline', 'disputed', 'failed']),
  ),
  /** To each place; more are summed up. */
  perHour: described(
    'Limit per sink; more are summarized in one alert.',
    z.coerce
      .number({ error: 'must be a number' })
      .int('must be a whole number')
      .min(1)
      .max(1_000)
      .default(30),
  ),
  repeatAfterSeconds: described(
    'Shortest time between equal alerts about the same hiring or agent.',
    seconds.default(3_600),
  ),
  offlineAfterSeconds: described(
    "How long an agent's MCP session may be down before an alert.",
    seconds.default(300),
  ),
});

const HASH_OF_NOTHING = `sha256:${hash('sha256', '', 'hex')}`;

/** Who may use the admin API: only the hash of a token is known here, so that a copy of the file opens nothing. */
const adminToken = z.strictObject({
  name: described(
    'The name in the audit log.',
    z.string().regex(/^[\w.@-]{1,64}$/, 'must be letters, digits and . _ @ - only, at most 64'),
  ),
  role: described('viewer: read-only; operator: can also run commands.', oneOf(['viewer', 'operator'])),
  hash: described(
    'The SHA-256 of the token; the token itself is not stored.',
    z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, 'must be a hash written by `agrenting-hiclaw admin token`')
      .refine((value) => value !== HASH_OF_NOTHING, 'is the hash of an empty token'),
  ),
});

/** The admin API; the other apps do not look at it. */
const admin = z.strictObject({
  host: setting(
    'ADAPTER_ADMIN_HOST',
    'the address that the admin API listens on, 127.0.0.1; put an https proxy in front for remote access',
    listenHost.prefault('127.0.0.1'),
  ),
  port: setting('ADAPTER_ADMIN_PORT', 'the port that the admin API listens on, 8791', port.default(8791)),
  tokens: described(
    'Who may use it; `agrenting-hiclaw admin token` makes one and writes its hash here.',
    z.array(adminToken).max(100).default([]),
  ),
  trustedProxies: described(
    'Proxies whose X-Forwarded-For is believed, as addresses or networks.',
    z.array(network).default([]),
  ),
  sessionHours: described(
    'Lifetime of a console session.',
    z.coerce.number({ error: 'must be a number' }).positive('must be more than 0').max(720).default(12),
  ),
  console: described('A directory with the console, instead of the one of this release.', text.optional()),
});

/** How workers are started; also read where the rest of the configuration is not whole yet. */
export const lifecycleSchema = z
  .discriminatedUnion('driver', [
    z.strictObject({
      driver: setting(
        'ADAPTER_LIFECYCLE',
        'how to start workers: script, cli or rest, or none when they always run',
        z.literal('none'),
      ),
    }),
    z.strictObject({
      driver: z.literal('script'),
      command: setting(
        'ADAPTER_LIFECYCLE_COMMAND',
        'the lifecycle script as a JSON list, such as ["docker","exec","hiclaw-manager","/opt/hiclaw/agent/skills/worker-management/scripts/lifecycle-worker.sh"]',
        command,
      ),
      startedWaitSeconds: described('Wait between starting a worker and notifying it.', seconds.default(30)),
      recreatedWaitSeconds: described('The same for a recreated worker.', seconds.default(60)),
    }),
    z.strictObject({
      driver: z.literal('rest'),
      url: described("The controller's address.", serviceUrl),
      /** A file, because such a token runs out within an hour: it is read at each call. */
      tokenFile: described(
        'A file with its token, read at each call because it runs out within an hour.',
        text,
      ),
      startedWaitSeconds: seconds.default(30),
    }),
    z.strictObject({ driver: z.literal('cli'), command, startedWaitSeconds: seconds.default(30) }),
  ])
  .prefault({ driver: 'none' });

/** Retention, counted from the end of a hiring; 0 keeps data forever. */
const retention = z
  .strictObject({
    payloadDays: described(
      'Texts of hirer and worker, received documents, settlement bodies.',
      days.default(30),
    ),
    taskFolderDays: described('Task folders in storage.', days.default(30)),
    historyDays: described('Whole hirings; needs taskFolderDays.', days.default(0)),
  })
  .refine(({ historyDays, taskFolderDays }) => historyDays === 0 || taskFolderDays > 0, {
    path: ['historyDays'],
    error:
      'needs taskFolderDays: a hiring that was forgotten must leave no result behind that could be taken for a new one',
  });

/** The effective configuration: file and environment together, parsed once. */
export const configurationSchema = z.strictObject({
  marketplace: described(
    'The marketplace.',
    z
      .strictObject({
        baseUrl: setting(
          'AGRENTING_BASE_URL',
          'the marketplace, https://agrenting.com, or http://127.0.0.1:4012 on its own machine',
          baseUrl.prefault('https://agrenting.com'),
        ),
        userToken: secretSetting(
          'AGRENTING_USER_TOKEN',
          'your user token (ap_…), with which the poller also asks for all your agents at once; optional',
          secret.optional(),
        ),
      })
      .prefault({}),
  ),
  settlement: described(
    'How results, failures and messages are sent to the marketplace.',
    z
      .strictObject({
        via: described(
          'auto: by REST where the marketplace takes them there, else by the tools of the MCP session; rest or mcp: only so.',
          oneOf(['auto', 'rest', 'mcp']).default('auto'),
        ),
      })
      .prefault({}),
  ),
  agents: described('The agents whose work is sold; each receives its own hires.', z.array(agent).min(1)),
  matrix: described(
    "The adapter's own account at HiClaw's homeserver.",
    z.strictObject({
      homeserverUrl: setting(
        'ADAPTER_MATRIX_URL',
        "HiClaw's homeserver, such as http://127.0.0.1:18080; `agrenting-hiclaw init` asks for it",
        serviceUrl,
      ),
      userId: setting(
        'ADAPTER_MATRIX_USER',
        "the Matrix id of the adapter's own account, such as @agrenting:matrix-local.hiclaw.io:18080; `agrenting-hiclaw setup` makes it",
        matrixUserId,
      ),
      accessToken: secretSetting(
        'ADAPTER_MATRIX_TOKEN',
        "the access token of the adapter's own Matrix account; `agrenting-hiclaw setup` makes it",
        secret,
      ),
      rooms: described(
        'Where tasks are sent: auto, a room per hiring if the runtime supports it; per-hiring, for all workers; worker, the worker’s own room.',
        rooms.default('auto'),
      ),
      watchers: described(
        'Matrix ids that are invited to the rooms of hirings, to watch.',
        z.array(matrixUserId).default([]),
      ),
      keepRoomsHours: described(
        'How long the room of a hiring stays after its end, in hours.',
        z.coerce.number({ error: 'must be a number' }).min(0).max(8_760).default(24),
      ),
      /** Our own bound, counted over all processes of one store; what the homeserver takes is learned from its answers. */
      messagesPerMinute: described(
        'The most messages sent to all workers together. The rate limit of the homeserver is learned from its responses.',
        z.coerce.number({ error: 'must be a number' }).int().min(1).max(60_000).default(6_000),
      ),
    }),
  ),
  manager: described(
    "HiClaw's Manager; with userId and roomId it is asked once to look after a silent worker.",
    z
      .strictObject({
        userId: setting(
          'MANAGER_MATRIX_ID',
          "HiClaw's Manager, such as @manager:matrix-local.hiclaw.io:18080; optional",
          matrixUserId.optional(),
        ),
        /** Where it is asked to look after a worker that shows no activity; nobody is asked without it. */
        roomId: setting(
          'ADAPTER_MANAGER_ROOM',
          'the room in which the Manager is asked to look after a silent worker; `setup --manager` makes it',
          z
            .string()
            .regex(/^!.+$/, 'must be a Matrix room id such as !abc:matrix-local.hiclaw.io:18080')
            .optional(),
        ),
        stateCommand: described(
          'Its manage-state.sh as program and arguments: puts tasks on its list, so that no worker is stopped as idle.',
          command.optional(),
        ),
        delegates: described(
          'Whether the Manager notifies workers instead of the adapter.',
          z.boolean().default(false),
        ),
      })
      .prefault({}),
  ),
  hiclaw: described(
    'Which HiClaw it is.',
    z
      .strictObject({
        profile: setting(
          'ADAPTER_HICLAW_PROFILE',
          'which HiClaw it is: 1.0, 1.1, or 1.2 for AgentTeams; they differ in bucket and task protocol',
          z
            .preprocess(
              // YAML reads 1.0 as a number.
              (value) =>
                Number.isInteger(value)
                  ? `${String(value)}.0`
                  : typeof value === 'number'
                    ? String(value)
                    : value,
              oneOf(HICLAW_PROFILES),
            )
            .default(DEFAULT_HICLAW_PROFILE),
        ),
      })
      .prefault({}),
  ),
  storage: described(
    "HiClaw's object storage.",
    z.strictObject({
      endpoint: setting(
        'ADAPTER_STORAGE_ENDPOINT',
        "HiClaw's object storage, such as http://127.0.0.1:9000; `agrenting-hiclaw init` asks for it",
        origin,
      ),
      bucket: setting(
        'ADAPTER_STORAGE_BUCKET',
        'the bucket, if not the default of the HiClaw profile',
        text.optional(),
      ),
      accessKey: setting(
        'ADAPTER_STORAGE_ACCESS_KEY',
        "the name of the adapter's storage user; `agrenting-hiclaw setup` makes it",
        text,
      ),
      secretKey: secretSetting(
        'ADAPTER_STORAGE_SECRET_KEY',
        "the secret of the adapter's storage user; `agrenting-hiclaw setup` makes it",
        secret,
      ),
      region: setting(
        'ADAPTER_STORAGE_REGION',
        'the region that requests are signed for, us-east-1 unless the storage says otherwise',
        text.default('us-east-1'),
      ),
      connectTo: described(
        "Where to connect when the endpoint's name does not resolve here, as host:port.",
        addressBy(text, parsePlace).optional(),
      ),
      /** Whether the session files of workers are looked for; `setup --session-files` gives the right to. */
      sessionFiles: described(
        "Whether workers' session files count as evidence that a task was taken.",
        z.boolean().default(false),
      ),
    }),
  ),
  push: described(
    "Hirers' repositories, where the adapter pushes what workers leave.",
    z
      .strictObject({
        hosts: described(
          'Where such repositories may lie; without it only https://github.com.',
          z
            .array(
              z
                .strictObject({
                  origin: described('Scheme, host and port, such as https://github.com.', origin),
                  private: described(
                    'true: a host of your own network, whose address may be a private one.',
                    z.boolean().optional(),
                  ),
                  caFile: described(
                    'A PEM file, where its certificate comes from an authority of your own.',
                    text.optional(),
                  ),
                })
                .refine(
                  ({ origin: host, private: isPrivate }) => isPrivate === true || host.startsWith('https:'),
                  {
                    path: ['origin'],
                    error:
                      'would show tokens on their way: write https, or private: true for a host of your own network',
                  },
                ),
            )
            .min(1, 'names no host')
            .default([{ origin: 'https://github.com' }]),
        ),
        target: described(
          'own-branch: agrenting/<task id>; default-branch: onto the branch itself, fast-forward only.',
          oneOf(['own-branch', 'default-branch']).default('own-branch'),
        ),
        allowWorkflows: described(
          "true: workers may change workflows that the repository's host runs automatically, with the hirer's secrets.",
          z.boolean().default(false),
        ),
        allowPaths: described(
          'Entries of docs/protected-paths.md that workers may change without approval.',
          z.array(text).max(500).default([]),
        ),
        holdPaths: described(
          'More paths that need your approval when a worker changes them; * matches any characters within one path segment.',
          z.array(text.max(200)).max(500).default([]),
        ),
        maxRepositoryMegabytes: described(
          'The largest repository that is worked on.',
          z.coerce.number({ error: 'must be a number' }).int().min(1).max(2_000).default(100),
        ),
        maxChangeMegabytes: described(
          'The largest change that is pushed.',
          z.coerce.number({ error: 'must be a number' }).int().min(1).max(100).default(10),
        ),
      })
      .prefault({}),
  ),
  tasks: described(
    'Task folders.',
    z
      .strictObject({
        directory: setting(
          'TASKS_DIR',
          'a directory of this machine that gets a copy of each task folder, such as /root/hiclaw-fs/shared/tasks; optional',
          text.optional(),
        ),
      })
      .prefault({}),
  ),
  workers: described(
    'The map of workers: a list, the registry, or both.',
    z
      .strictObject({
        list: described('The workers, each with its Matrix id and room.', z.array(worker).default([])),
        registryFile: setting(
          'ADAPTER_WORKERS_REGISTRY',
          "HiClaw's workers-registry.json, in the Manager's home; `agrenting-hiclaw setup` lists the workers that it finds",
          text.optional(),
        ),
      })
      .prefault({}),
  ),
  lifecycle: described('How workers are started.', lifecycleSchema),
  store: described(
    'The SQLite file that keeps the hirings.',
    z.strictObject({
      file: setting(
        'ADAPTER_STORE_FILE',
        'the SQLite file that keeps the hirings; its folder must exist and be writable; `agrenting-hiclaw init` chooses one',
        text,
      ),
      key: privateSecretSetting(
        'ADAPTER_STORE_KEY',
        'the key that encrypts secrets in the store: 32 bytes as base64, from `openssl rand -base64 32`; its file has mode 600; `agrenting-hiclaw init` makes it',
        encryptionKey,
      ),
    }),
  ),
  webhook: described('The bridge; other apps ignore it.', webhook.prefault({})),
  alerts: described('Operator alerts; none are sent without a room or a URL.', alerts.prefault({})),
  admin: described('The admin API and console; other apps ignore it.', admin.prefault({})),
  health: described(
    'Where health and metrics are served.',
    z
      .strictObject({
        host: setting(
          'ADAPTER_HEALTH_HOST',
          'the address that health and metrics listen on',
          listenHost.prefault('127.0.0.1'),
        ),
        port: setting(
          'ADAPTER_HEALTH_PORT',
          'the port of health and metrics; 0 picks any free port',
          port.default(8790),
        ),
      })
      .prefault({}),
  ),
  retention: described(
    'Retention, in whole days from the end of a hiring; 0 keeps data forever.',
    retention.prefault({}),
  ),
  reread: described(
    'Reading ended hirings again, because disputes and refunds are not announced.',
    z
      .strictObject({
        /** How long after its end a hiring is read again; 0 is never. */
        endedDays: described(
          'How long after its end a hiring is read again, in whole days; 0 disables it.',
          z.coerce
            .number({ error: 'must be a number' })
            .int('must be a whole number of days')
            .min(0, 'must be 0 (never) or more')
            .max(365, 'must be at most 365')
            .default(14),
        ),
      })
      .prefault({}),
  ),
  log: described(
    'The log.',
    z
      .strictObject({
        level: setting(
          'ADAPTER_LOG_LEVEL',
          'how much to log: trace, debug, info, warn, error',
          oneOf(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
        ),
        file: setting(
          'ADAPTER_LOG_FILE',
          'log file to use instead of standard output, such as /var/log/agrenting/adapter.log; several processes may share it; SIGHUP reopens it; optional',
          text.optional(),
        ),
      })
      .prefault({}),
  ),
  timing: described(
    'In seconds.',
    z
      .strictObject({
        acknowledgeSeconds: described(
          `Silence after a message before the worker is started and notified again (${DEFAULT_TIMING.acknowledgeMs / 1000}).`,
          seconds,
        ),
        silenceSeconds: described(
          `The same for a worker at work (${DEFAULT_TIMING.silenceMs / 1000}).`,
          seconds,
        ),
        inspectSeconds: described(
          `Interval of task folder checks; activity in the room triggers one sooner (${DEFAULT_TIMING.inspectMs / 1000}).`,
          seconds,
        ),
        quietSeconds: described(
          `A result reported as completed counts after its folder was unchanged for so long (${DEFAULT_TIMING.quietMs / 1000}).`,
          seconds,
        ),
        unreportedQuietSeconds: described(
          `A result without such a report counts when folder and room were quiet for so long (${DEFAULT_TIMING.unreportedQuietMs / 1000}).`,
          seconds,
        ),
        stillSeconds: described(
          `What a worker says counts once it has not been edited or taken back for so long (${DEFAULT_TIMING.stillMs / 1000}).`,
          seconds,
        ),
        blockedSeconds: described(
          `The same for a worker that says BLOCKED, if it says nothing else meanwhile (${DEFAULT_TIMING.blockedMs / 1000}).`,
          seconds,
        ),
        claimGraceSeconds: described(
          `"done" without a result in the folder (${DEFAULT_TIMING.claimGraceMs / 1000}).`,
          seconds,
        ),
        clearSeconds: described(
          `How long a worker may take to forget its room's conversation (${DEFAULT_TIMING.clearMs / 1000}).`,
          seconds,
        ),
        rereadSeconds: described(
          `Reads of an open hiring, to see a cancellation (${DEFAULT_TIMING.rereadMs / 1000}).`,
          seconds,
        ),
        attentionSeconds: described(
          `Interval of checks of hirings that need an operator (${DEFAULT_TIMING.attentionMs / 1000}).`,
          seconds,
        ),
        answerWaitSeconds: described('How long a question to the hirer waits for its answer.', seconds),
        maxDurationSeconds: described(
          `Deadline of a hiring without one, from when it, or its retry, was confirmed (${DEFAULT_DEADLINE.maxDurationMs / 1000}).`,
          seconds,
        ),
        unacknowledgedMarginSeconds: described(
          `A task that nobody took is reported as failed so long before its deadline (${DEFAULT_DEADLINE.unacknowledgedMarginMs / 1000}).`,
          seconds,
        ),
        maxOverdueSeconds: described(
          `An attempt whose worker is still at work is reported as failed so long after its deadline (${DEFAULT_DEADLINE.maxOverdueMs / 1000}).`,
          seconds,
        ),
        leaseSeconds: described(
          `Time until another process takes over from a dead one, at most 600 (${DEFAULT_TIMING.leaseMs / 1000}); one that starts on the same Linux machine does so at once.`,
          seconds.max(600, 'must be at most 600'),
        ),
      })
      .partial()
      .prefault({}),
  ),
  polling: described(
    'By the poller only.',
    z
      .strictObject({
        everySeconds: setting(
          'ADAPTER_POLL_SECONDS',
          "how often the poller asks for each agent's pending hirings, in seconds",
          z.coerce
            .number({ error: 'must be a number' })
            .min(1, 'must be at least 1')
            .max(45, 'must be at most 45, so that a hire that no push announced is found within a minute')
            .default(30),
        ),
      })
      .prefault({}),
  ),
  policy: described(
    "The operator's policy, for all agents.",
    z
      .strictObject({
        failOverdue: described(
          'true: a worker still at work at the deadline is reported as failed.',
          z.boolean().default(false),
        ),
        ...rules,
        maxMessages: described(
          'Messages to a worker about one attempt, at most.',
          z.coerce.number().int().min(1).max(20).default(4),
        ),
      })
      .prefault({}),
  ),
});

export type Configuration = z.infer<typeof configurationSchema>;
