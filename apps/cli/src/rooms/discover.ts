import { DEFAULT_HICLAW_PROFILE } from '@agrenting-hiclaw/core/domain';
import { createRegistry, PROFILES, roomOfSessionFile } from '@agrenting-hiclaw/hiclaw';
import { controlledWorkers, findWorkers, signOut } from '@agrenting-hiclaw/hiclaw/setup';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { draftProfile } from '../configuration/config-file-profile.ts';
import { ConfigFile } from '@agrenting-hiclaw/operations';
import { mappedWorkers } from '../configuration/mapped-workers.ts';
import { controllerOf } from '../setup/controller.ts';
import { openAsAdmin } from '../setup/admin.ts';
import { setupEnvironment, type SetupOptions } from '../setup/inputs.ts';
import { storageAdminOf } from '../setup/storage-owner.ts';
import { printJson, table } from '../terminal/show.ts';
import { configurationFile, type Terminal } from '../terminal/terminal.ts';

/** Where a room was found, the most trusted first: what comes first counts. */
type Source = 'configuration' | 'registry' | 'controller' | 'admin_rooms' | 'session_files';

/** What people read of it. */
const SOURCE_WORDS: Readonly<Record<Source, string>> = {
  configuration: 'configuration',
  registry: 'registry',
  controller: 'controller',
  admin_rooms: "admin's rooms",
  session_files: 'session files',
};

interface Found {
  readonly worker: string;
  readonly roomId: string;
  readonly source: Source;
}

interface Look {
  readonly terminal: Terminal;
  readonly draft: ConfigFile;
  readonly options: SetupOptions;
}

/** The workers' rooms from every source that can be asked, and where the sources contradict each other (adapter page, C9). */
export async function discoverRooms(terminal: Terminal, options: SetupOptions): Promise<void> {
  const look = { terminal, options, draft: await ConfigFile.read(configurationFile(terminal, options)) };
  const problems: string[] = [];
  const note = (problem: string): void => void problems.push(problem);
  const found = [
    ...mappedWorkers(look.draft).map(({ name, roomId }) => as('configuration', name, roomId)),
    ...(await fromRegistry(look, note)),
    ...(await fromController(look, note)),
    ...(await fromAdmin(look, note)),
    ...(await fromSessionFiles(look, note)),
  ];
  const workers = [...Map.groupBy(found, ({ worker }) => worker)].map(([worker, ways]) => {
    // A worker has many conversations, and one room of its own: its sessions only support what another source says.
    const named = ways.filter(({ source }) => source !== 'session_files');
    const rooms = new Set((named.length > 0 ? named : ways).map(({ roomId }) => roomId));
    const [first] = ways;
    return {
      worker,
      roomId: first?.roomId ?? '',
      source: first?.source ?? 'configuration',
      conflict:
        rooms.size < 2
          ? undefined
          : ways.map(({ source, roomId }) => `${roomId} by ${SOURCE_WORDS[source]}`).join(', '),
    };
  });
  const conflicts = workers.filter(({ conflict }) => conflict !== undefined);
  if (options.json === true) {
    printJson(terminal, { workers, found, problems });
  } else {
    const rows = workers.map(({ worker, roomId, source, conflict }) => [
      worker,
      roomId,
      SOURCE_WORDS[source],
      conflict === undefined ? '' : `conflict: ${conflict}`,
    ]);
    const shown = table(terminal, ['WORKER', 'ROOM', 'BY', ''], rows) || 'no room of a worker was found';
    terminal.print(`${shown}\n`);
    for (const problem of problems) terminal.writeError(`not checked: ${problem}\n`);
  }
  if (conflicts.length > 0) {
    throw new CommandError(
      EXIT.failed,
      `the sources contradict each other for ${conflicts.map(({ worker }) => worker).join(', ')}`,
      'Set the right room with `agrenting-hiclaw rooms set <worker> <room>`, or correct the registry.',
    );
  }
}

const as = (source: Source, worker: string, roomId: string): Found => ({ worker, roomId, source });

type Note = (problem: string) => void;

async function fromRegistry({ draft }: Look, note: Note): Promise<readonly Found[]> {
  const path = draft.text('workers', 'registryFile');
  if (path === undefined) return [];
  const read = await createRegistry(path).read();
  if (read.kind === 'workers') return read.workers.map(({ name, roomId }) => as('registry', name, roomId));
  note(read.problem);
  return [];
}

async function fromController({ terminal, draft }: Look, note: Note): Promise<readonly Found[]> {
  const controller = controllerOf(terminal, draft);
  if (controller === undefined) return [];
  const read = await controlledWorkers(controller);
  if (read.kind === 'workers') return read.workers.map(({ name, roomId }) => as('controller', name, roomId));
  note(read.problem);
  return [];
}

async function fromAdmin({ terminal, draft, options }: Look, note: Note): Promise<readonly Found[]> {
  const url = draft.text('matrix', 'homeserverUrl');
  const admin =
    url === undefined
      ? undefined
      : await openAsAdmin(url, await setupEnvironment(terminal, options), options);
  if (url === undefined || admin === undefined) {
    note("the admin's rooms: set HICLAW_ADMIN_PASSWORD, or give --hiclaw-env FILE");
    return [];
  }
  const { homeserver, accessToken } = admin;
  try {
    const read = await findWorkers(homeserver);
    if (read.kind === 'workers') {
      return read.workers.map(({ name, roomId }) => as('admin_rooms', name, roomId));
    }
    note(read.problem);
    return [];
  } finally {
    homeserver.close();
    await signOut(url, accessToken);
  }
}

async function fromSessionFiles({ terminal, draft, options }: Look, note: Note): Promise<readonly Found[]> {
  const profile = draftProfile(draft) ?? DEFAULT_HICLAW_PROFILE;
  const owner = storageAdminOf(terminal, draft, options, profile);
  if (owner === undefined) {
    note('the session files of workers: give --mc');
    return [];
  }
  const found: Found[] = [];
  for (const folder of (await owner.names('agents/')) ?? []) {
    const worker = folder.replace(/\/$/, '');
    for (const sessions of PROFILES[profile].sessionFolders) {
      const names = (await owner.names(`agents/${worker}/${sessions}`)) ?? [];
      const rooms = new Set(names.flatMap((name) => roomOfSessionFile(name) ?? []));
      found.push(...[...rooms].map((roomId) => as('session_files', worker, roomId)));
    }
  }
  return found;
}
