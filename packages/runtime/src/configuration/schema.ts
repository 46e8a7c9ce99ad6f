import { hash } from 'node:crypto';
import { parseBaseUrl } from '@agrenting-hiclaw/core/base-url';
import {
  agentIdSchema,
  CHOSEN_ALERT_KINDS,
  DEFAULT_HICLAW_PROFILE,
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

/** Of what is no text; where YAML made something else of it, quotes help. */
const quoted = { error: 'must be text: put it in quotes' };

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
  minPrice: z
    .union([z.string(), z.number().transform(String)])
    .refine((value) => /^\d{1,9}(?:\.\d{1,2})?$/.test(value), 'must be an amount such as 5.00')
    .optional(),
  capabilities: z.array(text).optional(),
  repositories: z
    .array(z.string().regex(/^[\w.-]{1,100}\/(?:[\w.-]{1,100}|\*)$/, 'must be owner/name or owner/*'))
    .optional(),
  assignmentsPerWorker: z.coerce.number().int().min(1).max(100).optional(),
  maxTaskCharacters: z.coerce.number().int().min(1).max(10_000_000).optional(),
  approve: z
    .enum(['nothing', 'work', 'results', 'both'], 'must be one of: nothing, work, results, both')
    .optional(),
  heldResults: z.enum(['hold', 'fail'], 'must be one of: hold, fail').optional(),
  resultDigest: z.enum(['optional', 'required'], 'must be one of: optional, required').optional(),
  push: z.enum(['adapter', 'worker', 'off'], 'must be one of: adapter, worker, off').optional(),
  questions: z.enum(['hirer', 'owner'], 'must be one of: hirer, owner').optional(),
  progress: z.boolean().optional(),
  progressCharacters: z.coerce.number().int().min(1).max(5_000).optional(),
  progressReports: z.coerce.number().int().min(0).max(30).optional(),
  questionCharacters: z.coerce.number().int().min(1).max(5_000).optional(),
  questionCount: z.coerce.number().int().min(0).max(30).optional(),
  maxUnpaidCharacters: z.coerce.number().int().min(0).max(1_000_000).optional(),
  approvePushes: z.boolean().optional(),
};

const agent = z.strictObject({
  /** Asked from the marketplace when it is missing. */
  id: agentIdSchema.optional(),
  key: secret,
  /** Name of the worker that does this agent's work. */
  worker: text.optional(),
  /** Takes the place of single rules of the owner's for this agent. */
  policy: z.strictObject(rules).prefault({}),
});

const rooms = z.enum(['auto', 'per-hiring', 'worker'], 'must be one of: auto, per-hiring, worker');

const worker = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens'),
  userId: z
    .string()
    .regex(/^@[^:]{1,255}:.{1,255}$/, 'must be a full Matrix id such as @alice:matrix-local.hiclaw.io:18080'),
  roomId: z.string().regex(/^!.+$/, 'must be a Matrix room id such as !abc:matrix-local.hiclaw.io:18080'),
  /** What it runs on; the registry says it of the workers that it has. */
  runtime: z
    .enum(
      ['openclaw', 'copaw', 'qwenpaw', 'hermes', 'openhuman', 'deepseek-harness'],
      'must be one of: openclaw, copaw, qwenpaw, hermes, openhuman, deepseek-harness',
    )
    .optional(),
  /** Overrides `matrix.rooms`. */
  rooms: rooms.optional(),
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
  host: listenHost.prefault('127.0.0.1'),
  port: port.default(8089),
  path: z
    .string()
    .regex(/^\/[\w./~-]*$/, 'must be a path such as /webhook/agrenting/hiring')
    .default('/webhook/agrenting/hiring'),
  /** Each is valid; two during a rotation. */
  keys,
  header: z.string().regex(HEADER_TOKEN, 'must be a header name').default('Authorization'),
  /** Stands before the key in the header; a bare key is taken, too. */
  scheme: z.string().regex(HEADER_TOKEN, 'must be a scheme such as ApiKey').default('ApiKey'),
  /** Takes hires from anybody on this machine, for a trial. */
  insecure: z.boolean().default(false),
  /** `required` when there are secrets, unless it says otherwise. */
  signature: z.enum(['off', 'optional', 'required'], 'must be one of: off, optional, required').optional(),
  signatureSecrets: keys,
  /** Whether the secret itself in `X-Webhook-Secret` is as good as a signature: an older form. */
  secretHeader: z.boolean().default(false),
  /** Where the marketplace reaches the bridge; besides the bridge itself nobody else is sent a key on trial. */
  publicUrl: serviceUrl.optional(),
  /** Where workers reach the bridge to hand in a result by HTTP; without it there is no such way. */
  resultsUrl: serviceUrl.optional(),
  /** How old a time-stamped signature may be. */
  toleranceSeconds: seconds.default(300),
  /** Proxies whose `X-Forwarded-For` is believed, as addresses or networks such as 10.0.0.0/8. */
  trustedProxies: z.array(network).default([]),
  maxBodyBytes: z.coerce
    .number({ error: 'must be a number' })
    .int('must be a whole number')
    .min(1_024, 'must be at least 1024')
    .max(16 * 1_024 * 1_024, 'must be at most 16777216')
    .default(1_024 * 1_024),
});

/** The operator's own alerts; there are none without a room or a URL. */
const alerts = z.strictObject({
  /** A room that the adapter's account is in or invited to. */
  matrixRoom: z
    .string()
    .regex(/^!.+$/, 'must be a Matrix room id such as !abc:matrix-local.hiclaw.io:18080')
    .optional(),
  webhookUrl: httpUrl.optional(),
  /** With it, what is posted is signed as Standard Webhooks has it. */
  webhookSecret: key.optional(),
  kinds: z
    .array(
      z.enum(CHOSEN_ALERT_KINDS, `must be one of: ${CHOSEN_ALERT_KINDS.join(', ')}`),
      'must be a list of kinds',
    )
    .default(['attention', 'agent_offline', 'disputed', 'failed']),
  /** To each place; more are summed up. */
  perHour: z.coerce
    .number({ error: 'must be a number' })
    .int('must be a whole number')
    .min(1)
    .max(1_000)
    .default(30),
  repeatAfterSeconds: seconds.default(3_600),
  offlineAfterSeconds: seconds.default(300),
});

const HASH_OF_NOTHING = `sha256:${hash('sha256', '', 'hex')}`;

/** Who may use the admin API: only the hash of a token is known here, so that a copy of the file opens nothing. */
const adminToken = z.strictObject({
  name: z.string().regex(/^[\w.@-]{1,64}$/, 'must be letters, digits and . _ @ - only, at most 64'),
  role: z.enum(['viewer', 'operator'], 'must be one of: viewer, operator'),
  hash: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'must be a hash written by `agrenting-hiclaw admin token`')
    .refine((value) => value !== HASH_OF_NOTHING, 'is the hash of an empty token'),
});

/** The admin API; the other apps do not look at it. */
const admin = z.strictObject({
  host: listenHost.prefault('127.0.0.1'),
  port: port.default(8791),
  tokens: z.array(adminToken).max(100).default([]),
  /** Proxies whose `X-Forwarded-For` is believed, as addresses or networks such as 10.0.0.0/8. */
  trustedProxies: z.array(network).default([]),
  /** How long a session of the web page lasts. */
  sessionHours: z.coerce
    .number({ error: 'must be a number' })
    .positive('must be more than 0')
    .max(720)
    .default(12),
  /** Where the web page lies, when it is not the one that comes with this release. */
  console: text.optional(),
});

/** How workers are started; also read where the rest of the configuration is not whole yet. */
export const lifecycleSchema = z
  .discriminatedUnion('driver', [
    z.strictObject({ driver: z.literal('none') }),
    z.strictObject({
      driver: z.literal('script'),
      command,
      startedWaitSeconds: seconds.default(30),
      recreatedWaitSeconds: seconds.default(60),
    }),
    z.strictObject({
      driver: z.literal('rest'),
      url: serviceUrl,
      /** A file, because such a token runs out within an hour: it is read at each call. */
      tokenFile: text,
      startedWaitSeconds: seconds.default(30),
    }),
    z.strictObject({ driver: z.literal('cli'), command, startedWaitSeconds: seconds.default(30) }),
  ])
  .prefault({ driver: 'none' });

/** Retention, counted from the end of a hiring; 0 keeps data forever. */
const retention = z
  .strictObject({
    /** Texts of hirer and worker, documents as they were heard, bodies of settlements. */
    payloadDays: days.default(30),
    /** What lies in storage of an attempt. */
    taskFolderDays: days.default(30),
    /** The hiring itself, with its history. */
    historyDays: days.default(0),
  })
  .refine(({ historyDays, taskFolderDays }) => historyDays === 0 || taskFolderDays > 0, {
    path: ['historyDays'],
    error:
      'needs taskFolderDays: a hiring that was forgotten must leave no result behind that could be taken for a new one',
  });

/** The effective configuration: file and environment together, parsed once. */
export const configurationSchema = z.strictObject({
  marketplace: z
    .strictObject({
      baseUrl: baseUrl.prefault('https://agrenting.com'),
      /** Shows the poller the pending hirings of all the owner's agents at once. */
      userToken: secret.optional(),
    })
    .prefault({}),
  settlement: z
    .strictObject({
      /** By which of the marketplace's doors results, failures and messages go. */
      via: z.enum(['auto', 'rest', 'mcp'], 'must be one of: auto, rest, mcp').default('auto'),
    })
    .prefault({}),
  agents: z.array(agent).min(1),
  matrix: z.strictObject({
    homeserverUrl: serviceUrl,
    userId: matrixUserId,
    accessToken: secret,
    /** Where tasks are said. */
    rooms: rooms.default('auto'),
    /** Who is invited to the rooms of hirings to watch. */
    watchers: z.array(matrixUserId).default([]),
    /** How long the room of a hiring stays after its end. */
    keepRoomsHours: z.coerce.number({ error: 'must be a number' }).min(0).max(8_760).default(24),
    /** Our own bound, counted over all processes of one store; what the homeserver takes is learned from its answers. */
    messagesPerMinute: z.coerce.number({ error: 'must be a number' }).int().min(1).max(60_000).default(6_000),
  }),
  manager: z
    .strictObject({
      userId: matrixUserId.optional(),
      /** Where it is asked to look after a worker that shows no activity; nobody is asked without it. */
      roomId: z
        .string()
        .regex(/^!.+$/, 'must be a Matrix room id such as !abc:matrix-local.hiclaw.io:18080')
        .optional(),
      /** Its `manage-state.sh`, with which tasks are put on its list, so that no worker is stopped as idle. */
      stateCommand: command.optional(),
      /** Whether the Manager notifies workers, as on the marketplace's page, instead of the adapter. */
      delegates: z.boolean().default(false),
    })
    .prefault({}),
  hiclaw: z
    .strictObject({
      profile: z
        .preprocess(
          // YAML reads 1.0 as a number.
          (value) =>
            Number.isInteger(value)
              ? `${String(value)}.0`
              : typeof value === 'number'
                ? String(value)
                : value,
          z.enum(HICLAW_PROFILES, `must be one of: ${HICLAW_PROFILES.join(', ')}`),
        )
        .default(DEFAULT_HICLAW_PROFILE),
    })
    .prefault({}),
  storage: z.strictObject({
    endpoint: origin,
    /** That of the HiClaw profile when it is left out. */
    bucket: text.optional(),
    accessKey: text,
    secretKey: secret,
    region: text.default('us-east-1'),
    /** Where to connect when the endpoint's name does not resolve here. */
    connectTo: addressBy(text, parsePlace).optional(),
    /** Whether the session files of workers are looked for; `setup --session-files` gives the right to. */
    sessionFiles: z.boolean().default(false),
  }),
  push: z
    .strictObject({
      /** Where hirers' repositories may lie. */
      hosts: z
        .array(
          z
            .strictObject({
              origin,
              /** A host of the owner's own network, which may have a private address. */
              private: z.boolean().optional(),
              /** A PEM file, where its certificate comes from an authority of the owner's own. */
              caFile: text.optional(),
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
      target: z
        .enum(['own-branch', 'default-branch'], 'must be one of: own-branch, default-branch')
        .default('own-branch'),
      /** Lets workers change what the repository's host runs automatically. */
      allowWorkflows: z.boolean().default(false),
      /** Entries of the list of protected paths that do not count. */
      allowPaths: z.array(text).max(500).default([]),
      /** Paths that wait for a yes beside those of the list. */
      holdPaths: z.array(text.max(200)).max(500).default([]),
      maxRepositoryMegabytes: z.coerce
        .number({ error: 'must be a number' })
        .int()
        .min(1)
        .max(2_000)
        .default(100),
      maxChangeMegabytes: z.coerce.number({ error: 'must be a number' }).int().min(1).max(100).default(10),
    })
    .prefault({}),
  tasks: z
    .strictObject({
      /** Where each task folder is written on this machine, too. */
      directory: text.optional(),
    })
    .prefault({}),
  workers: z.strictObject({ list: z.array(worker).default([]), registryFile: text.optional() }).prefault({}),
  lifecycle: lifecycleSchema,
  store: z.strictObject({ file: text, key: encryptionKey }),
  webhook: webhook.prefault({}),
  alerts: alerts.prefault({}),
  admin: admin.prefault({}),
  health: z.strictObject({ host: listenHost.prefault('127.0.0.1'), port: port.default(8790) }).prefault({}),
  retention: retention.prefault({}),
  reread: z
    .strictObject({
      /** How long after its end a hiring is read again; 0 is never. */
      endedDays: z.coerce
        .number({ error: 'must be a number' })
        .int('must be a whole number of days')
        .min(0, 'must be 0 (never) or more')
        .max(365, 'must be at most 365')
        .default(14),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error'], 'must be one of: trace, debug, info, warn, error')
        .default('info'),
      /** Standard output when it is left out. */
      file: text.optional(),
    })
    .prefault({}),
  timing: z
    .strictObject({
      acknowledgeSeconds: seconds,
      silenceSeconds: seconds,
      inspectSeconds: seconds,
      quietSeconds: seconds,
      unreportedQuietSeconds: seconds,
      stillSeconds: seconds,
      blockedSeconds: seconds,
      claimGraceSeconds: seconds,
      clearSeconds: seconds,
      rereadSeconds: seconds,
      attentionSeconds: seconds,
      answerWaitSeconds: seconds,
      maxDurationSeconds: seconds,
      unacknowledgedMarginSeconds: seconds,
      maxOverdueSeconds: seconds,
      leaseSeconds: seconds.max(600, 'must be at most 600'),
    })
    .partial()
    .prefault({}),
  polling: z
    .strictObject({
      /** From one look at an agent's lists to the next. */
      everySeconds: z.coerce
        .number({ error: 'must be a number' })
        .min(1, 'must be at least 1')
        .max(45, 'must be at most 45, so that a hire that no push announced is found within a minute')
        .default(30),
    })
    .prefault({}),
  policy: z
    .strictObject({
      failOverdue: z.boolean().default(false),
      ...rules,
      maxMessages: z.coerce.number().int().min(1).max(20).default(4),
    })
    .prefault({}),
});

export type Configuration = z.infer<typeof configurationSchema>;
