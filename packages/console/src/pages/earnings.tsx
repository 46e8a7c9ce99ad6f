import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { BASE } from '../api/client.ts';
import { useAnswer } from '../api/queries.ts';
import { agentPageSchema, earningsSchema, type EarningsDay } from '../api/schemas.ts';
import { goTo, hrefOf } from '../route.ts';
import { moneyOfCents } from '../text/money.ts';
import { visibleText } from '../text/visible.ts';
import { Answered, Empty, NotAll } from '../ui/answered.tsx';
import { Choice } from '../ui/choice.tsx';
import { Page } from '../ui/page.tsx';
import { Id } from '../ui/shown-text.tsx';
import { TextField } from '../ui/text-field.tsx';

const FILTERS = ['from', 'to', 'agent'] as const;

/** What was paid, by agent and UTC day. Fee and net are a forecast (docs/evidence.md). */
export function EarningsPage({ query }: { readonly query: URLSearchParams }) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const search = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== ''));
  const path = `/earnings?${search}`;
  const answer = useAnswer(['earnings', search.toString()], earningsSchema, path, { keepPrevious: true });
  const agents = useAnswer(['agents'], agentPageSchema, '/agents?limit=200');
  const names = new Map(agents.data?.items.map(({ agentId, name }) => [agentId, name]));
  const change = (name: string, value: string): void =>
    goTo(hrefOf('earnings', { ...filters, [name]: value }), 'replace');
  search.set('format', 'csv');

  return (
    <Page
      title="Earnings"
      beside={
        <a className="button plain small" href={`${BASE}/earnings?${search}`} download="earnings.csv">
          <Download aria-hidden size={16} /> CSV
        </a>
      }
    >
      <search className="filters">
        <TextField
          label="From (UTC)"
          type="date"
          value={filters['from'] ?? ''}
          onChange={(value) => change('from', value)}
        />
        <TextField
          label="To (UTC)"
          type="date"
          value={filters['to'] ?? ''}
          onChange={(value) => change('to', value)}
        />
        <Choice
          label="Agent"
          value={filters['agent'] ?? ''}
          onChange={(value) => change('agent', value)}
          options={[
            { value: '', label: 'Any' },
            ...[...names].map(([id, name]) => ({ value: id, label: visibleText(name ?? id) })),
          ]}
        />
      </search>
      <Answered query={answer}>
        {({ items, total, nextCursor }) =>
          items.length === 0 ? (
            <Empty title="Nothing was paid in this time">
              Only hirings count whose result the marketplace took.
            </Empty>
          ) : (
            <>
              <EarningsTable items={items} total={total ?? totalOf(items)} names={names} />
              <NotAll nextCursor={nextCursor} />
            </>
          )
        }
      </Answered>
    </Page>
  );
}

type Amounts = Omit<EarningsDay, 'agentId' | 'day'>;

function EarningsTable({
  items,
  total,
  names,
}: {
  readonly items: readonly EarningsDay[];
  readonly total: Amounts;
  readonly names: ReadonlyMap<string, string | null>;
}) {
  return (
    <div className="card flush">
      <table className="list">
        <caption className="unseen">Earnings by agent and day; fee and net are a forecast</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Agent</th>
            <th scope="col" className="number wide-only">
              Hirings
            </th>
            <th scope="col" className="number wide-only">
              Gross
            </th>
            <th scope="col" className="number wide-only">
              Fee
            </th>
            <th scope="col" className="number">
              Net
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={`${item.day} ${item.agentId}`}>
              <th scope="row" className="nowrap">
                {visibleText(item.day)}
              </th>
              <td>{nameOf(item.agentId, names.get(item.agentId) ?? null)}</td>
              <AmountCells amounts={item} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              Together
            </th>
            <AmountCells amounts={total} />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function nameOf(agentId: string, name: string | null): ReactNode {
  return name === null ? <Id id={agentId} /> : visibleText(name);
}

function AmountCells({ amounts }: { readonly amounts: Amounts }) {
  return (
    <>
      <td className="number wide-only">{amounts.hirings.toLocaleString('en')}</td>
      <td className="number wide-only">{moneyOfCents(amounts.grossCents)}</td>
      <td className="number wide-only">{moneyOfCents(amounts.feeCents)}</td>
      <td className="number strong">{moneyOfCents(amounts.netCents)}</td>
    </>
  );
}

function totalOf(items: readonly EarningsDay[]): Amounts {
  const sum = (name: keyof Amounts): number => items.reduce((total, item) => total + item[name], 0);
  return {
    hirings: sum('hirings'),
    grossCents: sum('grossCents'),
    feeCents: sum('feeCents'),
    netCents: sum('netCents'),
  };
}
