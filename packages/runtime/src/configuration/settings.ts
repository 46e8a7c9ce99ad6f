/**
 * Every setting that an environment variable can give, with the words that help when it is missing. The
 * documentation's table and the start-up messages come from here.
 */
export interface Setting {
  /** Its path in the configuration file. */
  readonly path: readonly [section: string, name: string];
  /** The environment variable that overrides the file. */
  readonly variable: string;
  /** A secret may also come from a file: `<variable>_FILE`, or `<name>File` in the configuration file. */
  readonly secret: boolean;
  /** True when that file must be for its owner's eyes only (mode 600). */
  readonly privateFile: boolean;
  /** What it is, and where to get it. */
  readonly help: string;
}

const setting = (
  path: readonly [string, string],
  variable: string,
  help: string,
  secret: boolean | 'private_file' = false,
): Setting => ({ path, variable, help, secret: secret !== false, privateFile: secret === 'private_file' });

export const SETTINGS: readonly Setting[] = [
  setting(
    ['marketplace', 'baseUrl'],
    'AGRENTING_BASE_URL',
    'the marketplace, https://agrenting.com, or http://127.0.0.1:4012 on its own machine',
  ),
  setting(
    ['marketplace', 'userToken'],
    'AGRENTING_USER_TOKEN',
    'your user token (ap_…), with which the poller also asks for all your agents at once; optional',
    true,
  ),
  setting(
    ['matrix', 'homeserverUrl'],
    'ADAPTER_MATRIX_URL',
    "HiClaw's homeserver, such as http://127.0.0.1:18080; `agrenting-hiclaw init` asks for it",
  ),
  setting(
    ['matrix', 'userId'],
    'ADAPTER_MATRIX_USER',
    "the Matrix id of the adapter's own account, such as @agrenting:matrix-local.hiclaw.io:18080; `agrenting-hiclaw setup` makes it",
  ),
  setting(
    ['matrix', 'accessToken'],
    'ADAPTER_MATRIX_TOKEN',
    "the access token of the adapter's own Matrix account; `agrenting-hiclaw setup` makes it",
    true,
  ),
  setting(
    ['manager', 'userId'],
    'MANAGER_MATRIX_ID',
    "HiClaw's Manager, such as @manager:matrix-local.hiclaw.io:18080; optional",
  ),
  setting(
    ['manager', 'roomId'],
    'ADAPTER_MANAGER_ROOM',
    'the room in which the Manager is asked to look after a silent worker; `setup --manager` makes it',
  ),
  setting(
    ['hiclaw', 'profile'],
    'ADAPTER_HICLAW_PROFILE',
    'which HiClaw it is: 1.0, 1.1, or 1.2 for AgentTeams; they differ in bucket and task protocol',
  ),
  setting(
    ['storage', 'endpoint'],
    'ADAPTER_STORAGE_ENDPOINT',
    "HiClaw's object storage, such as http://127.0.0.1:9000; `agrenting-hiclaw init` asks for it",
  ),
  setting(
    ['storage', 'bucket'],
    'ADAPTER_STORAGE_BUCKET',
    'the bucket, if not the default of the HiClaw profile',
  ),
  setting(
    ['storage', 'accessKey'],
    'ADAPTER_STORAGE_ACCESS_KEY',
    "the name of the adapter's storage user; `agrenting-hiclaw setup` makes it",
  ),
  setting(
    ['storage', 'secretKey'],
    'ADAPTER_STORAGE_SECRET_KEY',
    "the secret of the adapter's storage user; `agrenting-hiclaw setup` makes it",
    true,
  ),
  setting(
    ['storage', 'region'],
    'ADAPTER_STORAGE_REGION',
    'the region that requests are signed for, us-east-1 unless the storage says otherwise',
  ),
  setting(
    ['tasks', 'directory'],
    'TASKS_DIR',
    'a directory of this machine that gets a copy of each task folder, such as /root/hiclaw-fs/shared/tasks; optional',
  ),
  setting(
    ['store', 'file'],
    'ADAPTER_STORE_FILE',
    'the SQLite file that keeps the hirings; its folder must exist and be writable; `agrenting-hiclaw init` chooses one',
  ),
  setting(
    ['store', 'key'],
    'ADAPTER_STORE_KEY',
    'the key that encrypts secrets in the store: 32 bytes as base64, from `openssl rand -base64 32`; its file has mode 600; `agrenting-hiclaw init` makes it',
    'private_file',
  ),
  setting(
    ['workers', 'registryFile'],
    'ADAPTER_WORKERS_REGISTRY',
    "HiClaw's workers-registry.json, in the Manager's home; `agrenting-hiclaw setup` lists the workers that it finds",
  ),
  setting(
    ['lifecycle', 'driver'],
    'ADAPTER_LIFECYCLE',
    'how to start workers: script, cli or rest, or none when they always run',
  ),
  setting(
    ['lifecycle', 'command'],
    'ADAPTER_LIFECYCLE_COMMAND',
    'the lifecycle script as a JSON list, such as ["docker","exec","hiclaw-manager","/opt/hiclaw/agent/skills/worker-management/scripts/lifecycle-worker.sh"]',
  ),
  setting(
    ['polling', 'everySeconds'],
    'ADAPTER_POLL_SECONDS',
    "how often the poller asks for each agent's pending hirings, in seconds",
  ),
  setting(
    ['webhook', 'host'],
    'ADAPTER_WEBHOOK_HOST',
    'the address that the bridge listens on, 127.0.0.1; a gateway in a container cannot reach that one',
  ),
  setting(['webhook', 'port'], 'WEBHOOK_PORT', 'the port that the bridge listens on, 8089'),
  setting(
    ['webhook', 'keys'],
    'HIGRESS_API_KEY',
    "the key that authenticates hires, from `openssl rand -hex 32`, as the agent's callback_auth_header has it; two, separated by a comma, during a rotation",
    true,
  ),
  setting(
    ['webhook', 'signatureSecrets'],
    'ADAPTER_WEBHOOK_SECRET',
    'the secret that hires are signed with, where the marketplace gives one; optional',
    true,
  ),
  setting(
    ['webhook', 'publicUrl'],
    'ADAPTER_WEBHOOK_PUBLIC_URL',
    'the address under which the marketplace reaches the bridge, such as https://hires.example.com; `agrenting-hiclaw register --callback-url` writes it; `doctor` and `webhook test` send a key to no other address that a listing names',
  ),
  setting(
    ['webhook', 'resultsUrl'],
    'ADAPTER_RESULTS_URL',
    'where workers reach the bridge to hand in results by HTTP, such as http://host.docker.internal:8089; optional',
  ),
  setting(
    ['alerts', 'matrixRoom'],
    'ADAPTER_ALERTS_ROOM',
    'Matrix room for alerts, such as !abc:matrix-local.hiclaw.io:18080; optional',
  ),
  setting(
    ['alerts', 'webhookUrl'],
    'ADAPTER_ALERTS_URL',
    'URL that receives alerts as JSON, such as https://example.com/alerts; optional',
  ),
  setting(
    ['alerts', 'webhookSecret'],
    'ADAPTER_ALERTS_SECRET',
    'secret that signs these requests, such as whsec_ and base64; optional',
    true,
  ),
  setting(
    ['admin', 'host'],
    'ADAPTER_ADMIN_HOST',
    'the address that the admin API listens on, 127.0.0.1; put an https proxy in front for remote access',
  ),
  setting(['admin', 'port'], 'ADAPTER_ADMIN_PORT', 'the port that the admin API listens on, 8791'),
  setting(['health', 'host'], 'ADAPTER_HEALTH_HOST', 'the address that health and metrics listen on'),
  setting(['health', 'port'], 'ADAPTER_HEALTH_PORT', 'the port of health and metrics; 0 picks any free port'),
  setting(['log', 'level'], 'ADAPTER_LOG_LEVEL', 'how much to log: trace, debug, info, warn, error'),
  setting(
    ['log', 'file'],
    'ADAPTER_LOG_FILE',
    'log file to use instead of standard output, such as /var/log/agrenting/adapter.log; several processes may share it; SIGHUP reopens it; optional',
  ),
];

/** The variables that give one agent without a configuration file, by the names of the marketplace's page. */
export const AGENT_VARIABLES = {
  key: 'AGRENTING_API_KEY',
  id: 'AGRENTING_AGENT_ID',
  worker: 'AGRENTING_WORKER',
} as const;

/** Names the configuration file. */
export const FILE_VARIABLE = 'ADAPTER_CONFIG';
