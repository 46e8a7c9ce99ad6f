import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SandboxClock } from './clock.ts';
import { defaultProfile, profiles } from './worker/profiles/index.ts';

const profileNames = profiles.map((profile) => profile.name);

const port = z.int().min(0).max(65_535).default(0);
const durationMs = z.int().nonnegative();

const workerOptions = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  profile: z
    .string()
    .refine((name) => profileNames.includes(name), { error: `one of: ${profileNames.join(', ')}` })
    .default(defaultProfile),
  /** False: its container was made and never ran. */
  running: z.boolean().default(true),
  deployment: z.enum(['local', 'remote']).default('local'),
  /** False: the adapter is in the room and not on the allow-list, so the worker drops what it says. */
  adapterAllowed: z.boolean().default(true),
  /** True: the worker also obeys the adapter in a room of two, without a mention. */
  adapterAllowedDirectly: z.boolean().default(false),
  encryptedRoom: z.boolean().default(false),
  password: z.string().optional(),
  secretKey: z.string().optional(),
  roomId: z.string().startsWith('!').optional(),
});

const account = (
  name: string,
): z.ZodPrefault<z.ZodObject<{ name: z.ZodDefault<z.ZodString>; password: z.ZodDefault<z.ZodString> }>> =>
  z
    .object({ name: z.string().default(name), password: z.string().default(`${name}-sandbox-password`) })
    .prefault({});

/** How a generation calls its bucket, and MinIO's client the storage (HiClaw reference, 5). */
const storageNames = {
  '1.0': { bucket: 'hiclaw-storage', alias: 'hiclaw' },
  '1.1': { bucket: 'hiclaw-storage', alias: 'hiclaw' },
  '1.2': { bucket: 'agentteams-storage', alias: 'agentteams' },
} as const;

/** Everything but the clock; a seed file holds this as JSON. Every secret has a fixed, public default. */
export const hiclawOptions = z.strictObject({
  host: z.string().default('127.0.0.1'),
  homeserverPort: port,
  storagePort: port,
  controlPort: port,
  controllerPort: port,
  controllerToken: z.string().default('sandbox-controller-token'),
  /** A directory that keeps the Manager's files; without it a temporary one that goes at close. */
  managerHome: z.string().optional(),
  /** HiClaw's default holds the host's port, and nothing needs to listen there (HiClaw reference, 1.1). */
  serverName: z.string().default('matrix-local.hiclaw.io:18080'),
  /** Names, the controller's hand in the settings, and who may make accounts differ (HiClaw reference, 0.2 and 3.2). */
  generation: z.enum(['1.0', '1.1', '1.2']).default('1.0'),
  /** That of the generation when it is left out. */
  bucket: z.string().optional(),
  registrationToken: z.string().default('sandbox-registration-token'),
  admin: account('admin'),
  manager: account('manager'),
  adapter: z
    .object({
      name: z.string().default('agrenting'),
      password: z.string().default('agrenting-sandbox-password'),
      accessToken: z.string().default('agrenting-sandbox-token'),
      deviceId: z.string().default('AGRENTING'),
      accessKey: z.string().default('agrenting'),
      secretKey: z.string().default('agrenting-sandbox-secret'),
      /** Where the adapter may list, read, write and delete (HiClaw reference, 5). */
      prefixes: z.array(z.string()).default(['shared/tasks/agrenting-', 'shared/projects/agrenting-']),
    })
    .prefault({}),
  /** False: a HiClaw that was never told of an adapter: no account, no member of a room, no storage user. */
  adapterKnown: z.boolean().default(true),
  workers: z.array(workerOptions).default([]),
  /** Short, so that tests and trials are; 10 to 60 s for a start on a real machine. */
  times: z
    .object({
      startMs: durationMs.default(1000),
      answerMs: durationMs.default(300),
      workMs: durationMs.default(1000),
      pullEveryMs: durationMs.default(300_000),
      pushEveryMs: durationMs.default(5000),
      retrySyncMs: durationMs.default(5000),
    })
    .prefault({}),
  /** The Manager's questions to working workers; off when absent. */
  heartbeatEveryMs: durationMs.optional(),
  /** Stops workers that state.json gives nothing to do; off when absent. */
  idleCheckEveryMs: durationMs.optional(),
  idleTimeoutMinutes: z.number().positive().default(720),
});

/** Throws a ZodError for wrong options. */
export const parseOptions = (input: unknown): HiclawSettings => {
  const settings = hiclawOptions.parse(input);
  const { bucket, alias } = storageNames[settings.generation];
  return { ...settings, bucket: settings.bucket ?? bucket, storageAlias: alias };
};

export type HiclawSettings = z.output<typeof hiclawOptions> & {
  readonly bucket: string;
  readonly storageAlias: string;
};
export type WorkerSettings = z.output<typeof workerOptions>;
export type HiclawOptions = z.input<typeof hiclawOptions> & { readonly clock?: SandboxClock };

/** The same room id in every run, so that what an adapter remembers of the sandbox stays true. */
export const roomIdOf = (serverName: string, worker: WorkerSettings): string => {
  if (worker.roomId !== undefined) return worker.roomId;
  const hash = createHash('sha256').update(`${serverName} ${worker.name}`).digest('base64url');
  return `!${hash.replaceAll(/[-_]/g, 'x').slice(0, 18)}:${serverName}`;
};

export const workerPassword = (worker: WorkerSettings): string =>
  worker.password ?? `${worker.name}-sandbox-password`;
export const workerSecretKey = (worker: WorkerSettings): string =>
  worker.secretKey ?? `${worker.name}-sandbox-secret`;
