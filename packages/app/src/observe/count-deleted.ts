import type { Swept } from '../retention.ts';
import type { AppMetrics } from './metrics.ts';

/** Counts what a part of a retention sweep deleted. */
export function countDeleted(gone: Partial<Swept>, { deleted }: Pick<AppMetrics, 'deleted'>): void {
  const { emptied = [], documents = 0, foldersDeleted = [], objects = 0, forgotten = [] } = gone;
  const counts = {
    texts: emptied.length,
    documents,
    folders: foldersDeleted.length,
    objects,
    hirings: forgotten.length,
  };
  for (const [what, count] of Object.entries(counts)) {
    if (count > 0) deleted.inc({ what }, count);
  }
}
