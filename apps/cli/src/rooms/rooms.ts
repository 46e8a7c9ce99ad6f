import { ConfigFile, homeserverOf, mapOf } from '@agrenting-hiclaw/operations';
import { isInRoom } from '@agrenting-hiclaw/hiclaw';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { printJson, table } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';

/** Who is in each worker's room, as the adapter sees it. */
export async function listWorkerRooms(terminal: Terminal, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const { workers } = await mapOf(configuration);
  const homeserver = homeserverOf(configuration);
  try {
    const rooms: { worker: string; roomId: string; adapterJoined: boolean; workerJoined: boolean }[] = [];
    for (const { name, roomId, userId } of workers) {
      const adapterJoined = (await isInRoom(homeserver, roomId, homeserver.userId)) === true;
      const workerJoined = (await isInRoom(homeserver, roomId, userId)) === true;
      rooms.push({ worker: name, roomId, adapterJoined, workerJoined });
    }
    if (options.json === true) return printJson(terminal, { rooms });
    const yes = (joined: boolean): string => (joined ? 'joined' : 'not in it');
    const rows = rooms.map((room) => [
      room.worker,
      room.roomId,
      yes(room.adapterJoined),
      yes(room.workerJoined),
    ]);
    terminal.print(`${table(terminal, ['WORKER', 'ROOM', 'ADAPTER', 'WORKER IS'], rows)}\n`);
  } finally {
    homeserver.close();
  }
}

/** Sets the room of a worker in the configuration file. */
export async function setRoom(
  terminal: Terminal,
  name: string,
  roomId: string,
  options: CommonOptions,
): Promise<void> {
  if (!/^![^\s]+$/.test(roomId)) {
    throw new CommandError(
      EXIT.usage,
      `${roomId} is not a room id`,
      'It looks like !abc:matrix-local.hiclaw.io:18080.',
    );
  }
  const draft = await ConfigFile.read(configurationFile(terminal, options));
  const list = draft.value('workers', 'list');
  const indexes = Array.isArray(list) ? [...list.keys()] : [];
  const index = indexes.find((each) => draft.text('workers', 'list', each, 'name') === name);
  if (index === undefined) {
    throw new CommandError(
      EXIT.usage,
      `no such worker in workers.list: ${name}`,
      'Run `agrenting-hiclaw setup`, or add it manually.',
    );
  }
  draft.set(['workers', 'list', index, 'roomId'], roomId);
  await draft.save();
  if (options.json === true) printJson(terminal, { worker: name, roomId });
  else terminal.print(`the room of ${name} is now ${roomId}; restart running processes to apply it\n`);
}
