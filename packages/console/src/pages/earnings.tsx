import { Download, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { searchOf, useAnswer, useAllPages } from '../api/queries.ts';
import type { EarningsDay } from '../api/schemas.ts';
import { goTo, hrefOf } from '../route.ts';
import { csvOf } from '../text/csv.ts';
import { moneyOfCents } from '../text/money.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView, Empty } from '../ui/query-view.tsx';
import { Button } from '../ui/button.tsx';
import { Choice } from '../ui/choice.tsx';
import { ShowMore } from '../ui/show-more.tsx';
import { Page } from '../ui/page.tsx';
import { Id } from '../ui/safe-text.tsx';
import { TextField } from '../ui/text-field.tsx';
import { saveFile } from '../ui/save-file.ts';

/** Without a wish the newest days: an account of years is long. */
const SHOWN_DAYS = 30;
const FILTERS = ['from', 'to', 'agent'] as const;

/** What was paid, by agent and UTC day. Fee and net are a forecast (docs/evidence.md). */
export function EarningsPage({ query }: { readonly query: URLSearchParams }) {
  const filters: Readonly<Record<string, string>> = {
    ...Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ''])),
    from: query.get('from') ?? dayBefore(SHOWN_DAYS),
  };
  const answer = useAnswer(['earnings', searchOf(filters)], '/earnings', {
    query: filters,
    keepPrevious: true,
  });
  const agents = useAllPages(['names', 'agents'], '/agents');
  const names = new Map(
    agents.data?.items.flatMap(({ agentId, name }) => (agentId === null ? [] : [[agentId, name]])),
  );
  const change = (name: string, value: string): void =>
    goTo(hrefOf('earnings', { ...filters, [name]: value }), 'replace');
  const { data } = answer;

  return (
    <Page
      title="Earnings"
      beside={
        data !== undefined && (
          <Button small onClick={() => save(data.days)}>
            <Download aria-hidden size={16} /> CSV
          </Button>
        )
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
            ...[...names].map(([id, name]) => ({ value: id, label: safeText(name ?? id) })),
          ]}
        />
      </search>
      <QueryView query={answer}>
        {({ days, total, unreadablePrices }) => (
          <>
            {unreadablePrices > 0 && (
              <div className="notice warn">
                <TriangleAlert aria-hidden size={18} />
                <p>
                  {unreadablePrices === 1 ? 'One price' : `${unreadablePrices} prices`} of the marketplace
                  could not be read and {unreadablePrices === 1 ? 'is' : 'are'} not counted here. Look them up
                  on the marketplace.
                </p>
              </div>
            )}
            {days.length === 0 ? (
              <Empty title="No earnings in this period">Only hirings with an accepted result count.</Empty>
            ) : (
              <ShowMore items={days}>
                {(some) => <EarningsTable days={some} total={total} names={names} />}
              </ShowMore>
            )}
          </>
        )}
      </QueryView>
    </Page>
  );
}

function dayBefore(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

type Amounts = Omit<EarningsDay, 'agentId' | 'day'>;

function EarningsTable({
  days,
  total,
  names,
}: {
  readonly days: readonly EarningsDay[];
  readonly total: Amounts;
  readonly names: ReadonlyMap<string, string | null>;
}) {
  return (
    <div className="card flush">
      <table className="list">
        <caption className="unseen">Earnings by agent and day; fee and net are a forecast</caption>
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            <th scope="col">Agent</th>
            <th scope="col" className="number wide-only">
              Hirings
            </th>
            <th scope="col" className="number wide-only">
              Gross
            </th>
            <th scope="col" className="number wide-only">
              Fee, forecast
            </th>
            <th scope="col" className="number">
              Net, forecast
            </th>
            <th scope="col" className="number wide-only">
              Taken back
            </th>
          </tr>
        </thead>
        <tbody>
          {days.map((item) => (
            <tr key={`${item.day} ${item.agentId}`}>
              <th scope="row" className="nowrap">
                {safeText(item.day)}
              </th>
              <td>{nameOf(item.agentId, names.get(item.agentId) ?? null)}</td>
              <AmountCells amounts={item} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              Total
            </th>
            <AmountCells amounts={total} />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function nameOf(agentId: string, name: string | null): ReactNode {
  return name === null ? <Id id={agentId} /> : safeText(name);
}

function AmountCells({ amounts }: { readonly amounts: Amounts }) {
  return (
    <>
      <td className="number wide-only">{amounts.hirings.toLocaleString('en')}</td>
      <td className="number wide-only">{moneyOfCents(amounts.grossCents)}</td>
      <td className="number wide-only">{moneyOfCents(amounts.feeCents)}</td>
      <td className="number strong">
        {moneyOfCents(amounts.netCents)}
        {amounts.takenBack > 0 && (
          <div className="dim below phone-only">{moneyOfCents(amounts.takenBackCents)} taken back</div>
        )}
      </td>
      <td className="number wide-only">
        {amounts.takenBack === 0 ? '–' : moneyOfCents(amounts.takenBackCents)}
      </td>
    </>
  );
}

/** What is shown, as a file; amounts in whole cents, as the command line tool writes them. */
function save(days: readonly EarningsDay[]): void {
  const table = csvOf([
    ['agent_id', 'day', 'hirings', 'gross_cents', 'fee_cents', 'net_cents', 'taken_back', 'taken_back_cents'],
    ...days.map(({ agentId, day, hirings, grossCents, feeCents, netCents, takenBack, takenBackCents }) => [
      agentId,
      day,
      hirings,
      grossCents,
      feeCents,
      netCents,
      takenBack,
      takenBackCents,
    ]),
  ]);
  saveFile(new Blob([table], { type: 'text/csv' }), 'earnings.csv');
}
