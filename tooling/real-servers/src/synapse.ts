import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { answers, Daemon, freePort } from './daemon.ts';
import { run, type Tools } from './tools.ts';

export interface Account {
  readonly name: string;
  readonly userId: string;
  readonly password: string;
  readonly deviceId: string;
  readonly accessToken: string;
}

export interface SynapseOptions {
  readonly tools: Tools;
  readonly folder: string;
  /** With a port in it, as HiClaw's own names have. */
  readonly serverName: string;
}

const nonceAnswer = z.object({ nonce: z.string() });
const registered = z.object({ access_token: z.string(), user_id: z.string(), device_id: z.string() });
const devicesAnswer = z.object({ devices: z.array(z.object({ device_id: z.string() })) });
const UNLIMITED = '{per_second: 100000, burst_count: 100000}';

/** A real Matrix homeserver over SQLite, without federation and rate limits. */
export class Synapse {
  readonly url: string;
  readonly serverName: string;
  readonly #options: SynapseOptions;
  readonly #sharedSecret: string;
  #daemon: Daemon | undefined;
  #admin: Account | undefined;

  private constructor(options: SynapseOptions, url: string, sharedSecret: string) {
    this.#options = options;
    this.serverName = options.serverName;
    this.url = url;
    this.#sharedSecret = sharedSecret;
  }

  static async start(options: SynapseOptions): Promise<Synapse> {
    const { tools, folder, serverName } = options;
    await mkdir(folder, { recursive: true });
    const port = await freePort();
    const secret = () => randomBytes(24).toString('hex');
    const sharedSecret = secret();
    const registrationToken = { enable_registration: true, registration_requires_token: true };
    const settings = `server_name: "${serverName}"
listeners:
  - {port: ${port}, type: http, tls: false, bind_addresses: [127.0.0.1], resources: [{names: [client], compress: false}]}
database: {name: sqlite3, args: {database: "${folder}/homeserver.db"}}
media_store_path: "${folder}/media"
signing_key_path: "${folder}/signing.key"
log_config: "${folder}/log.yaml"
registration_shared_secret: "${sharedSecret}"
macaroon_secret_key: "${secret()}"
form_secret: "${secret()}"
enable_registration: ${registrationToken.enable_registration}
registration_requires_token: ${registrationToken.registration_requires_token}
report_stats: false
default_room_version: "11"
trusted_key_servers: []
suppress_key_server_warning: true
federation_domain_whitelist: []
url_preview_enabled: false
# Else a second initial sync is answered with the first one's position for two minutes.
caches: {sync_response_cache_duration: 0s}
rc_message: ${UNLIMITED}
rc_registration: ${UNLIMITED}
rc_login: {address: ${UNLIMITED}, account: ${UNLIMITED}, failed_attempts: ${UNLIMITED}}
rc_joins: {local: ${UNLIMITED}, remote: ${UNLIMITED}}
rc_joins_per_room: ${UNLIMITED}
rc_invites: {per_room: ${UNLIMITED}, per_user: ${UNLIMITED}, per_issuer: ${UNLIMITED}}
rc_room_creation: ${UNLIMITED}
`;
    await writeFile(join(folder, 'homeserver.yaml'), settings, { mode: 0o600 });
    await writeFile(
      join(folder, 'log.yaml'),
      `version: 1
formatters: {plain: {format: '%(asctime)s %(levelname)s %(name)s %(message)s'}}
handlers: {console: {class: logging.StreamHandler, formatter: plain}}
root: {level: WARNING, handlers: [console]}
disable_existing_loggers: false
`,
    );
    const generate = join(tools.folder, 'synapse', 'bin', 'generate_signing_key');
    const { succeeded, output } = await run(generate, ['-o', join(folder, 'signing.key')]);
    if (!succeeded) throw new Error(`generate_signing_key failed: ${output}`);
    const synapse = new Synapse(options, `http://127.0.0.1:${port}`, sharedSecret);
    await synapse.restart();
    synapse.#admin = await synapse.createUser('synapse-admin', { admin: true });
    return synapse;
  }

  /** Starts it, or ends it and starts it again on the same data. */
  async restart(): Promise<void> {
    await this.stop();
    const { tools, folder } = this.#options;
    this.#daemon = await Daemon.start({
      program: tools.synapsePython,
      arguments: ['-m', 'synapse.app.homeserver', '-c', join(folder, 'homeserver.yaml')],
      environment: { PATH: process.env['PATH'] ?? '', HOME: folder },
      folder,
      logFile: join(folder, 'synapse.log'),
      ready: async () => await answers(`${this.url}/_matrix/client/versions`),
      readyWithinMs: 60_000,
    });
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop();
    this.#daemon = undefined;
  }

  userId(name: string): string {
    return `@${name}:${this.serverName}`;
  }

  /** Makes a user with a device that is logged in. */
  async createUser(name: string, { admin = false } = {}): Promise<Account> {
    const path = '/_synapse/admin/v1/register';
    const { nonce } = nonceAnswer.parse(await this.call('GET', path));
    const password = `${name}-password`;
    const mac = createHmac('sha1', this.#sharedSecret)
      .update([nonce, name, password, admin ? 'admin' : 'notadmin'].join('\0'))
      .digest('hex');
    const body = { nonce, username: name, password, admin, mac };
    const made = registered.parse(await this.call('POST', path, undefined, body));
    return { name, password, userId: made.user_id, deviceId: made.device_id, accessToken: made.access_token };
  }

  /** Lets accounts be made with this token, as HiClaw's homeserver does. */
  async allowRegistration(token: string): Promise<void> {
    await this.#asAdmin('POST', '/_synapse/admin/v1/registration_tokens/new', { token });
  }

  /** Ends all tokens of a user, as a login elsewhere or an operator does. */
  async revokeTokens(userId: string): Promise<void> {
    const path = `/_synapse/admin/v2/users/${encodeURIComponent(userId)}`;
    const { devices } = devicesAnswer.parse(await this.#asAdmin('GET', `${path}/devices`));
    await this.#asAdmin('POST', `${path}/delete_devices`, {
      devices: devices.map(({ device_id: id }) => id),
    });
  }

  /** Calls the client-server or admin API. Throws on everything but 2xx. */
  async call(method: string, path: string, token?: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  async #asAdmin(method: string, path: string, body?: object): Promise<unknown> {
    return await this.call(method, path, this.#admin?.accessToken, body);
  }
}
