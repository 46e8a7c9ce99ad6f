import {
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  type UseInfiniteQueryResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import { ask } from './client.ts';
import {
  LISTS,
  buildPath,
  READS,
  type AnswerOf,
  type ItemOf,
  type ListPath,
  type PageOf,
  type ReadPath,
} from './contract.ts';
import { POLL_MS, useLiveness } from './live.ts';

type Query = Readonly<Record<string, string>>;
interface Timing {
  /** How often it is asked again although events come. */
  readonly everyMs?: number;
  /** Asked once, and again only when somebody wants it: an answer that costs seconds of work. */
  readonly onDemand?: boolean;
}

/** A query string. Empty values are left out, because the server rejects them. */
export function searchOf(query: Query): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''));
  return search.size === 0 ? '' : `?${search}`;
}

function useEvery({ everyMs, onDemand = false }: Timing): number | false {
  const liveness = useLiveness();
  if (onDemand) return false;
  return liveness === 'polling' ? POLL_MS : (everyMs ?? false);
}

/** How the page asks for what it shows: once, when an event says so, and again and again where events do not come. */
export function useAnswer<At extends ReadPath>(
  key: readonly string[],
  path: At,
  asking: Timing & {
    readonly of?: string;
    readonly query?: Query;
    readonly keepPrevious?: boolean;
    /** Not asked while nobody looks. */
    readonly isWanted?: boolean;
  } = {},
): UseQueryResult<AnswerOf<At>> {
  const { of, query = {}, keepPrevious = false, isWanted = true } = asking;
  return useQuery<AnswerOf<At>>({
    queryKey: key,
    queryFn: async ({ signal }) =>
      await ask(READS[path], `${buildPath(path, of)}${searchOf(query)}`, { signal }),
    refetchInterval: useEvery(asking),
    enabled: isWanted,
    ...(asking.onDemand === true ? { staleTime: Infinity } : {}),
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

/** One page of a list. */
export function usePage<At extends ListPath>(
  key: readonly string[],
  path: At,
  query: Query,
): UseQueryResult<PageOf<ItemOf<At>>> {
  return useQuery<PageOf<ItemOf<At>>>({
    queryKey: key,
    queryFn: async ({ signal }) => await ask(LISTS[path], `${path}${searchOf(query)}`, { signal }),
    refetchInterval: useEvery({}),
    placeholderData: keepPreviousData,
  });
}

/** A list that only grows by what is asked for: its pages up to where one looked. */
export function usePages<At extends ListPath>(
  key: readonly string[],
  path: At,
  timing: Timing = {},
): UseInfiniteQueryResult<readonly ItemOf<At>[]> {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: async ({ signal, pageParam }): Promise<PageOf<ItemOf<At>>> =>
      await ask(LISTS[path], `${path}${searchOf({ limit: '50', cursor: pageParam })}`, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    select: ({ pages }): readonly ItemOf<At>[] => pages.flatMap(({ items }) => items),
    refetchInterval: useEvery(timing),
  });
}

const LONGEST_PAGE = '200';
const MOST_PAGES = 10;

/** A whole list, such as that of all workers, up to two thousand; `nextCursor` says that there are more. */
export function useAllPages<At extends ListPath>(
  key: readonly string[],
  path: At,
  timing: Timing = {},
): UseQueryResult<PageOf<ItemOf<At>>> {
  return useQuery<PageOf<ItemOf<At>>>({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const items: ItemOf<At>[] = [];
      let cursor: string | null = '';
      for (let page = 0; page < MOST_PAGES && cursor !== null; page += 1) {
        const search = searchOf({ limit: LONGEST_PAGE, cursor });
        const read: PageOf<ItemOf<At>> = await ask(LISTS[path], `${path}${search}`, { signal });
        items.push(...read.items);
        cursor = read.nextCursor;
      }
      return { items, nextCursor: cursor };
    },
    refetchInterval: useEvery(timing),
  });
}
