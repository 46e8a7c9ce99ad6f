import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { z } from 'zod/mini';
import { ask } from './client.ts';
import { POLL_MS, useLiveness } from './live.ts';

/** How the page asks for what it shows: once, when an event says so, and again and again where events do not come. */
export function useAnswer<Answer>(
  key: readonly string[],
  schema: z.core.$ZodType<Answer>,
  path: string,
  options: { readonly everyMs?: number; readonly keepPrevious?: boolean } = {},
): UseQueryResult<Answer> {
  const liveness = useLiveness();
  return useQuery<Answer>({
    queryKey: key,
    queryFn: async ({ signal }) => await ask(schema, path, { signal }),
    refetchInterval: liveness === 'polling' ? POLL_MS : (options.everyMs ?? false),
    ...(options.keepPrevious === true ? { placeholderData: keepPreviousData } : {}),
  });
}
