import { randomBytes } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseBaseUrl } from '@agrenting-hiclaw/core/agrenting';
import { HICLAW_PROFILES } from '@agrenting-hiclaw/core/domain';
import { controllerCommandOf } from '@agrenting-hiclaw/hiclaw';
import {
  configurationJsonSchema,
  parseOrigin,
  parseServiceUrl,
  type ParsedAddress,
} from '@agrenting-hiclaw/runtime';
import { stringify } from 'yaml';
import { readSecretFile, writeSecretFile, writeFileAtomic } from '@agrenting-hiclaw/operations';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { ask } from '../terminal/ask.ts';
import { mark, printJson } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';
import { isHomeserver, isStorage, type AddressCheck } from './probe-address.ts';

export interface InitOptions extends CommonOptions {
  readonly homeserver?: string | undefined;
  readonly storage?: string | undefined;
  readonly marketplace?: string | undefined;
  readonly profile?: string | undefined;
  readonly registry?: string | undefined;
  readonly lifecycle?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly offline?: boolean | undefined;
}

const SCHEMA = 'adapter.schema.json';
const PROFILES: readonly string[] = ['auto', ...HICLAW_PROFILES];

/** Asks where everything is, checks each answer, and writes the configuration file and the key of the store. */
export async function init(terminal: Terminal, options: InitOptions): Promise<void> {
  const file = configurationFile(terminal, options);
  if (await exists(file)) {
    throw new CommandError(
      EXIT.usage,
      `${file} already exists`,
      'Edit it, or choose another file with --config.',
    );
  }
  const yes = options.yes === true;
  const checked =
    (parse: (text: string) => ParsedAddress, check: AddressCheck): AddressCheck =>
    async (text) => {
      const parsed = parse(text);
      if (parsed.kind === 'invalid') return `the address ${parsed.problem}`;
      return options.offline === true ? true : await check(parsed.address);
    };

  const baseUrl = await ask(
    terminal,
    {
      message: 'Address of the marketplace:',
      option: '--marketplace URL',
      preset: 'https://agrenting.com',
      check: (url) => {
        const parsed = parseBaseUrl(url);
        return parsed.kind === 'valid' ? true : parsed.problem;
      },
    },
    options.marketplace,
    yes,
  );
  const homeserverUrl = await ask(
    terminal,
    {
      message: "Address of HiClaw's homeserver:",
      option: '--homeserver URL',
      preset: 'http://127.0.0.1:18080',
      check: checked(parseServiceUrl, isHomeserver),
    },
    options.homeserver,
    yes,
  );
  const endpoint = await ask(
    terminal,
    {
      message: "Address of HiClaw's object storage:",
      option: '--storage URL',
      preset: 'http://fs-local.hiclaw.io:18080',
      check: checked(parseOrigin, isStorage),
    },
    options.storage,
    yes,
  );
  const profile = await ask(
    terminal,
    {
      message: `HiClaw version: ${HICLAW_PROFILES.join(', ')} (AgentTeams), or auto (detected by setup):`,
      option: `--profile ${PROFILES.join('|')}`,
      preset: 'auto',
      check: (answer) => PROFILES.includes(answer) || `${answer} must be one of: ${PROFILES.join(', ')}`,
    },
    options.profile,
    yes,
  );
  const lifecycle = lifecycleSection(options.lifecycle);

  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  const keyFile = join(folder, 'store.key');
  const key = await writeSecretFile(keyFile, randomBytes(32).toString('base64'));
  if (key === 'present' && (await readSecretFile(keyFile)) === undefined) {
    throw new CommandError(EXIT.usage, `${keyFile} is empty`, 'Remove it, or write your store key to it.');
  }
  const content = {
    marketplace: { baseUrl },
    agents: [],
    matrix: { homeserverUrl },
    ...(profile === 'auto' ? {} : { hiclaw: { profile } }),
    storage: { endpoint },
    ...(options.registry === undefined
      ? {}
      : { workers: { registryFile: resolve(terminal.folder, options.registry) } }),
    lifecycle,
    store: { file: join(folder, 'adapter.sqlite'), keyFile },
  };
  // Beside the file, so that editors need no network and follow this release.
  await writeFileAtomic(join(folder, SCHEMA), `${JSON.stringify(configurationJsonSchema(), undefined, 2)}\n`);
  const head = `# yaml-language-server: $schema=./${SCHEMA}\n# Settings of the Agrenting adapter; docs/configuration.md explains each.\n# Secrets are in files of their own beside this one.\n`;
  await writeFile(file, head + stringify(content, { lineWidth: 0 }), { mode: 0o600, flag: 'wx' });

  if (options.json === true) {
    printJson(terminal, { configuration: file, storeKey: keyFile, storeKeyWas: key });
    return;
  }
  terminal.print(`${mark(terminal, 'ok')} ${file}\n`);
  terminal.print(`${mark(terminal, 'ok')} ${keyFile}${key === 'present' ? ' (was there; kept)' : ''}\n`);
  terminal.print(`    Back up this key: the store cannot be read without it.\n\n`);
  terminal.print(`Next: agrenting-hiclaw setup, which sets up the adapter in HiClaw.\n`);
}

function lifecycleSection(command: string | undefined): object {
  if (command === undefined) return { driver: 'none' };
  try {
    const parsed: unknown = JSON.parse(command);
    if (Array.isArray(parsed) && parsed.length > 0 && parsed.every((word) => typeof word === 'string')) {
      const isController = controllerCommandOf(String(parsed.at(-1))) !== undefined;
      return { driver: isController ? 'cli' : 'script', command: parsed };
    }
  } catch {
    // Said below.
  }
  throw new CommandError(
    EXIT.usage,
    '--lifecycle must be a JSON list of program and arguments',
    `Give it as '["docker","exec","hiclaw-manager","/opt/hiclaw/agent/skills/worker-management/scripts/lifecycle-worker.sh"]', or, from HiClaw 1.1 on, as '["docker","exec","-i","agentteams-controller","agt"]'.`,
  );
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
