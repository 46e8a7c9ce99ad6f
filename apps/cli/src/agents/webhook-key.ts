import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { ConfigFile } from '@agrenting-hiclaw/operations';
import { givenSecret } from '../configuration/given-secret.ts';
import { readSecretFile, writeSecretFile } from '@agrenting-hiclaw/operations';
import type { Terminal } from '../terminal/terminal.ts';

const KEY_BYTES = 32;

/**
 * The header that the marketplace is to send with hirings: with the key that the bridge is configured with, or with
 * a new one, which is kept in a file of its own and named in the configuration (adapter page, A3).
 */
export async function callbackHeaderOf(terminal: Terminal, draft: ConfigFile): Promise<string> {
  const header = draft.text('webhook', 'header') ?? 'Authorization';
  const scheme = draft.text('webhook', 'scheme') ?? 'ApiKey';
  return `${header}: ${scheme} ${(await configuredKey(terminal, draft)) ?? (await newKey(draft))}`;
}

/** The first of them: during a rotation that is the new one. */
async function configuredKey(terminal: Terminal, draft: ConfigFile): Promise<string | undefined> {
  const listed = draft.value('webhook', 'keys');
  const file = draft.text('webhook', 'keysFile');
  const text =
    (await givenSecret(terminal, ['HIGRESS_API_KEY'])) ??
    (Array.isArray(listed) ? listed.map(String).join(',') : undefined) ??
    draft.text('webhook', 'keys') ??
    (file === undefined ? undefined : await readSecretFile(file));
  return text?.split(/[\s,]+/).find((key) => key !== '');
}

async function newKey(draft: ConfigFile): Promise<string> {
  const file = join(dirname(draft.file), 'webhook.key');
  await writeSecretFile(file, randomBytes(KEY_BYTES).toString('hex'));
  draft.set(['webhook', 'keysFile'], file);
  await draft.save();
  // One that an earlier run wrote is as good.
  return (await readSecretFile(file)) ?? '';
}
