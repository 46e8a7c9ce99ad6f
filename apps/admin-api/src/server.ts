import type { AppParts, Intake } from '@agrenting-hiclaw/app';
import { createAccess } from './access/access.ts';
import { createStrangers } from './access/strangers.ts';
import { consoleFolder, consoleNotice } from './http/console-folder.ts';
import { startServer } from './http/server.ts';
import { createApi } from './api.ts';
import { createProfileCache } from './views/profile-cache.ts';
import { startTransitionFeed } from './views/transition-feed.ts';

export interface AdminServer extends Intake {
  /** Where the API and the console are served. */
  readonly url: string;
  /** For who started it: where the console is, or what to do to have one. */
  readonly notice: string;
}

/** The API as a part of an app: listens when it resolves. Rejects with `SettingError` when it cannot listen there. */
export async function startAdminServer(
  parts: AppParts,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<AdminServer> {
  const { configuration, store, clock, log } = parts;
  const folder = consoleFolder(configuration.admin.console);
  const closing = new AbortController();
  const feed = startTransitionFeed({ store, clock, log, stop: closing.signal });
  const access = createAccess({ configuration: configuration.admin, store, clock });
  const strangers = createStrangers(parts);
  const api = createApi({
    ...parts,
    environment,
    access,
    strangers,
    feed,
    looks: createProfileCache(configuration, clock),
    stop: closing.signal,
    folder,
  });
  const server = await startServer(configuration.admin, api);
  const notice = consoleNotice(server.url, folder);
  log.info({ admin: server.url }, 'the operator’s API listens');
  if (folder === undefined) log.warn(notice);
  return {
    url: server.url,
    notice,
    problems: () => [],
    session: () => undefined,
    async close() {
      closing.abort();
      await feed.ended;
      await server.close();
      strangers.close();
    },
  };
}
