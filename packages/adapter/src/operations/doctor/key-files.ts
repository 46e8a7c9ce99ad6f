import { Draft } from '../configuration/draft.ts';

/** The files that the configuration names for secrets; none where there is no file. */
export async function keyFilesOf(file: string): Promise<readonly string[]> {
  const draft = await Draft.read(file).catch(() => undefined);
  if (draft === undefined) return [];
  const agents = draft.value('agents');
  const indexes = Array.isArray(agents) ? [...agents.keys()] : [];
  const named = [
    draft.text('store', 'keyFile'),
    draft.text('matrix', 'accessTokenFile'),
    draft.text('storage', 'secretKeyFile'),
    draft.text('marketplace', 'userTokenFile'),
    draft.text('alerts', 'webhookSecretFile'),
    ...indexes.map((index) => draft.text('agents', index, 'keyFile')),
  ];
  return named.flatMap((each) => each ?? []);
}
