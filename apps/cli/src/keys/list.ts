import { stat } from 'node:fs/promises';
import { effectiveSettings, type EffectiveSetting } from '@agrenting-hiclaw/runtime';
import { described } from '../config/check.ts';
import { configurationEnvironment, loadedConfiguration } from '../configuration/loaded.ts';
import { printJson, table } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

interface ListedKey {
  readonly key: string;
  /** What it opens. */
  readonly opens: string;
  readonly from: string;
  /** Only of one in a file of its own. */
  readonly file?: { readonly path: string; readonly mode: string; readonly changedAt: string } | undefined;
}

const OPENS: Readonly<Record<string, string>> = {
  'marketplace.userToken': 'the marketplace, as its owner',
  'matrix.accessToken': "the adapter's Matrix account",
  'storage.secretKey': "the adapter's storage user",
  'store.key': 'the store',
  'webhook.keys': 'the bridge, for hires',
  'webhook.signatureSecrets': 'the bridge, for signatures',
  'alerts.webhookSecret': 'nothing: it signs alerts',
};

/** Every key that the adapter works with: what it opens and where it is kept, and never the key. */
export async function listKeys(terminal: Terminal, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const settings = await effectiveSettings(configuration, configurationEnvironment(terminal, options));
  const keys = await Promise.all(
    settings
      .filter(({ isSecret }) => isSecret)
      .map(async (setting) => await listed(setting, workerOf(configuration.agents, setting.place))),
  );
  if (options.json === true) return printJson(terminal, { keys });
  const rows = keys.map(({ key, opens, from, file }) => [
    key,
    opens,
    file === undefined ? '-' : file.mode,
    file === undefined ? '-' : file.changedAt.slice(0, 10),
    from,
  ]);
  return terminal.print(`${table(terminal, ['KEY', 'OPENS', 'MODE', 'CHANGED', 'FROM'], rows)}\n`);
}

async function listed({ place, source }: EffectiveSetting, worker: string): Promise<ListedKey> {
  const path = source.kind === 'secret_file' ? source.file : undefined;
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  return {
    key: place,
    opens: OPENS[place] ?? `the marketplace, as the agent of ${worker}`,
    from: described(source),
    file:
      path === undefined || found === undefined
        ? undefined
        : {
            path,
            mode: (found.mode & 0o777).toString(8).padStart(3, '0'),
            changedAt: found.mtime.toISOString(),
          },
  };
}

function workerOf(agents: readonly { readonly worker?: string | undefined }[], place: string): string {
  return agents[Number(place.split('.')[1])]?.worker ?? 'no named worker';
}
