import { createHash, randomBytes } from 'node:crypto';
import { ConfigFile } from '@agrenting-hiclaw/operations';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { mark, printJson } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';

export interface TokenOptions extends CommonOptions {
  readonly role?: string | undefined;
  readonly name?: string | undefined;
  readonly revoke?: boolean | undefined;
}

const TOKEN_BYTES = 32;
const NAME = /^[\w.@-]{1,64}$/;

/**
 * Makes a token for the admin API, shows it once, and keeps its hash alone. One of that name that is there is
 * replaced, so that a lost token is dead.
 */
export async function makeAdminToken(terminal: Terminal, options: TokenOptions): Promise<void> {
  const { role = '', name = '' } = options;
  if (!NAME.test(name)) {
    throw new CommandError(
      EXIT.usage,
      '--name is missing or has characters other than letters, digits and . _ @ -',
    );
  }
  if (options.revoke !== true && role !== 'operator' && role !== 'viewer') {
    throw new CommandError(EXIT.usage, '--role must be one of: operator, viewer');
  }
  const draft = await ConfigFile.read(configurationFile(terminal, options));
  const listed = draft.value('admin', 'tokens');
  const indexes = Array.isArray(listed) ? [...listed.keys()] : [];
  const index = indexes.find((each) => draft.text('admin', 'tokens', each, 'name') === name);
  if (options.revoke === true) return await revoke(terminal, options, draft, index);

  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const hash = `sha256:${createHash('sha256').update(token).digest('hex')}`;
  if (indexes.length === 0) draft.set(['admin', 'tokens'], []);
  draft.set(['admin', 'tokens', index ?? indexes.length], { name, role, hash });
  await draft.save();
  if (options.json === true) return printJson(terminal, { name, role, token });
  terminal.print(`${token}\n`);
  terminal.writeError(
    `${mark(terminal, 'ok')} Token of ${name} (${role}). It is not shown again; its hash is in ${draft.file}.\n`,
  );
  return terminal.writeError(
    '\nNext: start admin-api (again), such as `up --apps mcp-client,poller,admin-api`.\n',
  );
}

async function revoke(
  terminal: Terminal,
  { name = '', json }: TokenOptions,
  draft: ConfigFile,
  index: number | undefined,
): Promise<void> {
  if (index === undefined) throw new CommandError(EXIT.failed, `no such token: ${name}`);
  draft.remove(['admin', 'tokens', index]);
  await draft.save();
  if (json === true) return printJson(terminal, { name, revoked: true });
  return terminal.print(
    `${mark(terminal, 'ok')} the token of ${name} stops working when admin-api is restarted\n`,
  );
}
