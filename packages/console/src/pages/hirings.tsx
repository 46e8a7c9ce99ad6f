import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { searchOf, usePage, useAllPages } from '../api/queries.ts';
import { useReference } from '../api/reference.ts';
import type { HiringItem } from '../api/schemas.ts';
import { goTo, hrefOf } from '../route.ts';
import { moneyOfPrice } from '../text/money.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView, Empty } from '../ui/query-view.tsx';
import { StateBadge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { Timestamp } from '../ui/timestamp.tsx';
import { Page } from '../ui/page.tsx';
import { Id, SafeText } from '../ui/safe-text.tsx';
import { TextField } from '../ui/text-field.tsx';

const FILTERS = ['state', 'agent', 'worker', 'q'] as const;
type Filter = (typeof FILTERS)[number];
const PAGE_SIZE = 50;
const TYPING_MS = 250;

/** All hirings, newest first, a page at a time: the cursor is in the address, so that back, forward and bookmarks work. */
export function HiringsPage({ query }: { readonly query: URLSearchParams }) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const cursor = query.get('cursor') ?? '';
  const asked = { limit: String(PAGE_SIZE), ...filters, cursor };
  const answer = usePage(['hirings', searchOf(asked)], '/hirings', asked);
  const change = (name: Filter, value: string): void =>
    goTo(hrefOf('hirings', { ...filters, [name]: value }), 'replace');

  return (
    <Page title="Hirings">
      <Filters filters={filters} change={change} />
      <QueryView query={answer}>
        {({ items, nextCursor }) => (
          <>
            {items.length === 0 ? (
              <NoHirings filtered={Object.values(filters).some((value) => value !== '')} />
            ) : (
              <HiringTable items={items} stale={answer.isPlaceholderData} />
            )}
            <div className="pager">
              {cursor === '' ? (
                <span className="dim">Newest first</span>
              ) : (
                <>
                  <a className="button plain" href={hrefOf('hirings', filters)}>
                    Newest
                  </a>
                  <Button onClick={() => history.back()}>
                    <ChevronLeft aria-hidden size={16} /> Back
                  </Button>
                </>
              )}
              {nextCursor !== null && (
                <a className="button plain" href={hrefOf('hirings', { ...filters, cursor: nextCursor })}>
                  Older <ChevronRight aria-hidden size={16} />
                </a>
              )}
            </div>
          </>
        )}
      </QueryView>
    </Page>
  );
}

function NoHirings({ filtered }: { readonly filtered: boolean }) {
  return filtered ? (
    <Empty title="No hirings match these filters">
      <a href={hrefOf('hirings')}>Show all hirings</a>
    </Empty>
  ) : (
    <Empty title="No hiring yet">
      Once somebody hires one of your agents, it is here within seconds. <a href={hrefOf('agents')}>Agents</a>{' '}
      says whether they can be hired.
    </Empty>
  );
}

function Filters({
  filters,
  change,
}: {
  readonly filters: Readonly<Record<string, string>>;
  readonly change: (name: Filter, value: string) => void;
}) {
  const agents = useAllPages(['names', 'agents'], '/agents');
  const workers = useAllPages(['names', 'workers'], '/workers');
  const { states } = useReference();
  const given = filters['q'] ?? '';
  const [typed, setTyped] = useState(given);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setTyped(given), [given]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <search className="filters">
      <TextField
        label="Search"
        type="search"
        value={typed}
        maxLength={200}
        placeholder="Id or title"
        onChange={(value) => {
          setTyped(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => change('q', value.trim()), TYPING_MS);
        }}
      />
      <Choice
        label="State"
        value={filters['state'] ?? ''}
        onChange={(value) => change('state', value)}
        options={[{ value: '', label: 'Any' }, ...states.map(({ name }) => ({ value: name, label: name }))]}
      />
      <Choice
        label="Agent"
        value={filters['agent'] ?? ''}
        onChange={(value) => change('agent', value)}
        options={[
          { value: '', label: 'Any' },
          ...(agents.data?.items ?? []).flatMap(({ agentId, name }) =>
            agentId === null ? [] : [{ value: agentId, label: safeText(name ?? agentId) }],
          ),
        ]}
      />
      <Choice
        label="Worker"
        value={filters['worker'] ?? ''}
        onChange={(value) => change('worker', value)}
        options={[
          { value: '', label: 'Any' },
          ...(workers.data?.items ?? []).map(({ name }) => ({ value: name, label: safeText(name) })),
        ]}
      />
    </search>
  );
}

function HiringTable({ items, stale }: { readonly items: readonly HiringItem[]; readonly stale: boolean }) {
  return (
    <div className="card flush">
      <table className={`list${stale ? ' stale' : ''}`}>
        <caption className="unseen">Hirings, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Hiring</th>
            <th scope="col">State</th>
            <th scope="col" className="wide-only">
              Worker
            </th>
            <th scope="col" className="wide-only number">
              Price
            </th>
            <th scope="col" className="number wide-only">
              Received
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((hiring) => (
            <tr key={hiring.id}>
              <td className="main-cell">
                <a className="row-link" href={hrefOf(`hirings/${encodeURIComponent(hiring.id)}`)}>
                  <SafeText text={titleOf(hiring)} limit={120} />
                </a>
                <div className="dim below">
                  <Id id={hiring.id} />
                  <span className="phone-only">
                    {' '}
                    · <Timestamp at={hiring.receivedAt} />
                  </span>
                  {hiring.attempt > 1 && ` · attempt ${hiring.attempt}`}
                  {hiring.lastFailure !== null && (
                    <span className="bad-text">
                      {' '}
                      · <SafeText text={hiring.lastFailure} limit={90} />
                    </span>
                  )}
                  {hiring.needs !== null && (
                    <span className="warn-text">
                      {' '}
                      · <SafeText text={hiring.needs.why} limit={90} />
                    </span>
                  )}
                </div>
              </td>
              <td>
                <StateBadge state={hiring.state} />
              </td>
              <td className="wide-only">{hiring.worker === null ? '–' : safeText(hiring.worker)}</td>
              <td className="wide-only number">{safeText(moneyOfPrice(hiring.price))}</td>
              <td className="number nowrap wide-only">
                <Timestamp at={hiring.receivedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function titleOf(hiring: HiringItem): string {
  const title = hiring.title.trim() === '' ? (hiring.capability ?? '') : hiring.title;
  return title.trim() === '' ? `Hiring ${hiring.id.slice(0, 8)}` : title;
}
