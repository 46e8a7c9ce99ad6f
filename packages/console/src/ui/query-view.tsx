import type { UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query';
import { CircleAlert, Inbox } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api/client.ts';
import { Button } from './button.tsx';
import { SafeText } from './safe-text.tsx';

/** What went wrong and what to do about it. */
export function ProblemBox({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const detail = error instanceof Error ? error.message : 'Something went wrong in the console.';
  const todo = error instanceof ApiProblem ? error.todo : 'Reload the page.';
  return (
    <div className="notice bad" role="alert">
      <CircleAlert aria-hidden size={18} />
      <div>
        <p className="strong">
          <SafeText text={detail} limit={1_000} />
        </p>
        {todo !== null && (
          <p>
            <SafeText text={todo} limit={1_000} />
          </p>
        )}
      </div>
      {retry !== undefined && (
        <Button small onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <Inbox aria-hidden size={28} />
      <p className="strong">{title}</p>
      {children !== undefined && <p className="dim">{children}</p>}
    </div>
  );
}

/** Said where a list is longer than what is shown of it. */
export function NotAll({ nextCursor }: { readonly nextCursor: string | null }) {
  if (nextCursor === null) return null;
  return <p className="dim not-all">More entries exist. Read them from the API.</p>;
}

export function Loading({ rows = 3 }: { readonly rows?: number }) {
  return (
    <div className="loading" role="status">
      <span className="unseen">Loading…</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton" />
      ))}
    </div>
  );
}

/** Shows an answer, that it is under way, or why there is none. What was read before stays while a later read fails. */
export function QueryView<Answer>({
  query,
  children,
}: {
  readonly query: UseQueryResult<Answer>;
  readonly children: (answer: Answer) => ReactNode;
}) {
  const { data, error, isPending } = query;
  const retry = (): void => void query.refetch();
  if (data === undefined) {
    return isPending ? <Loading /> : <ProblemBox error={error} retry={retry} />;
  }
  return (
    <>
      {error !== null && <ProblemBox error={error} retry={retry} />}
      {children(data)}
    </>
  );
}

/** A list, the newest first, and the button for what is further back. */
export function Listed<Item>({
  query,
  empty,
  children,
}: {
  readonly query: UseInfiniteQueryResult<readonly Item[]>;
  readonly empty: ReactNode;
  readonly children: (items: readonly Item[]) => ReactNode;
}) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage } = query;
  if (data === undefined) {
    return isPending ? <Loading /> : <ProblemBox error={error} retry={() => void query.refetch()} />;
  }
  return (
    <>
      {error !== null && <ProblemBox error={error} retry={() => void query.refetch()} />}
      {data.length === 0 ? empty : children(data)}
      {hasNextPage && (
        <div className="pager">
          <Button disabled={isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {isFetchingNextPage ? 'Loading…' : 'Show older'}
          </Button>
        </div>
      )}
    </>
  );
}
