import type { WorkerAddress } from '@agrenting-hiclaw/core/domain';
import type { ObjectStore } from './object-store.ts';

/**
 * The file in which a worker in Python keeps its conversation with us in a room, uploaded within seconds of a turn (HiClaw
 * reference, 4). In a room that belongs to one attempt its being there means that the worker took what we said. Gives
 * its key and version; undefined when there is none, or none that we may see: a storage that does not let us list says
 * of a missing object, too, that we may not see it.
 */
export async function findSessionFile(
  store: Pick<ObjectStore, 'stat'>,
  { name, roomId }: WorkerAddress,
  { folders, ourUserId }: { readonly folders: readonly string[]; readonly ourUserId: string },
): Promise<string | undefined> {
  for (const folder of folders) {
    for (const file of sessionFileNames(roomId, ourUserId)) {
      const read = await store.stat(`agents/${name}/${folder}${file}`);
      if (read.kind === 'object') return `${read.object.key} ${read.object.etag}`;
    }
  }
  return undefined;
}

/** As CoPaw names the conversation of a room, with what is no part of a file name put otherwise. */
export function sessionFileName(roomId: string): string {
  return fileNameOf(`${roomId}_matrix:${roomId}`);
}

/** The same, as QwenPaw names it where room and user are one, and as it does since AgentTeams keeps senders in a room apart. */
function sessionFileNames(roomId: string, ourUserId: string): readonly string[] {
  return [
    sessionFileName(roomId),
    fileNameOf(`matrix:${roomId}`),
    fileNameOf(`${ourUserId}_matrix:${roomId}`),
  ];
}

function fileNameOf(conversation: string): string {
  return `${conversation.replaceAll(/[\\/:*?"<>|]/g, '--')}.json`;
}
