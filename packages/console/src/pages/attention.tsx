import { usePage } from '../api/queries.ts';
import type { HiringItem } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { hrefOf } from '../route.ts';
import { moneyOfPrice } from '../text/money.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView, Empty } from '../ui/query-view.tsx';
import { Timestamp } from '../ui/timestamp.tsx';
import { Page } from '../ui/page.tsx';
import { LongText, SafeText } from '../ui/safe-text.tsx';
import { HiringActions } from './hiring-actions.tsx';
import { titleOf } from './hirings.tsx';

const MOST = 100;

/** Every hiring that a person has to decide about: why, and what to do. */
export function AttentionPage() {
  const query = usePage(['hirings', 'attention'], '/hirings', { attention: 'true', limit: String(MOST) });
  return (
    <Page title="Attention">
      <QueryView query={query}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty title="Nothing needs your attention">Hirings that need your decision appear here.</Empty>
          ) : (
            <>
              <ul className="cards">
                {items.toSorted(byDeadline).map((hiring) => (
                  <Needy key={hiring.id} hiring={hiring} />
                ))}
              </ul>
              {nextCursor !== null && (
                <p className="dim">
                  Showing the latest {MOST}, nearest deadline first.{' '}
                  <a href={hrefOf('hirings', { state: 'attention' })}>Show all</a>
                </p>
              )}
            </>
          )
        }
      </QueryView>
    </Page>
  );
}

/** What ends soonest first, and then what has no end. */
function byDeadline({ deadlineAt: one }: HiringItem, { deadlineAt: other }: HiringItem): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return Date.parse(one) - Date.parse(other);
}

function Needy({ hiring }: { readonly hiring: HiringItem }) {
  const mayCommand = useMayCommand();
  const { needs } = hiring;
  return (
    <li className="card warn-edge">
      <p className="dim">
        <a href={hrefOf(`hirings/${encodeURIComponent(hiring.id)}`)}>
          <SafeText text={titleOf(hiring)} limit={90} />
        </a>
        , {safeText(moneyOfPrice(hiring.price))}, worker {safeText(hiring.worker ?? '–')}, received{' '}
        <Timestamp at={hiring.receivedAt} />
        {hiring.deadlineAt !== null && (
          <>
            , deadline <Timestamp at={hiring.deadlineAt} />
          </>
        )}
      </p>
      {needs !== null && (
        <>
          <p className="strong sentence">
            <SafeText text={needs.why} limit={1_000} />
          </p>
          <p>
            <SafeText text={needs.todo} limit={1_000} />
          </p>
          {needs.quote !== null && <LongText text={needs.quote} label="Message from the worker" />}
        </>
      )}
      <div className="list-actions">
        {mayCommand && <HiringActions hiring={hiring} isListed />}
        <a className="button plain small" href={hrefOf(`hirings/${encodeURIComponent(hiring.id)}`)}>
          Open<span className="unseen"> {hiring.id}</span>
        </a>
      </div>
    </li>
  );
}
