import type { MappedWorker } from '@agrenting-hiclaw/hiclaw';
import type { ConfigFile } from '@agrenting-hiclaw/operations';

/** The workers of the configuration, in its order; entries that name none are left out. */
export function mappedWorkers(draft: ConfigFile): readonly MappedWorker[] {
  const list = draft.value('workers', 'list');
  const indexes = Array.isArray(list) ? [...list.keys()] : [];
  return indexes.flatMap((index): readonly MappedWorker[] => {
    const text = (name: string) => draft.text('workers', 'list', index, name);
    const [name, userId, roomId] = [text('name'), text('userId'), text('roomId')];
    return name === undefined || userId === undefined || roomId === undefined
      ? []
      : [{ name, userId, roomId }];
  });
}
