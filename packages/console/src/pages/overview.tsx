import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAnswer } from '../api/queries.ts';
import { useReference } from '../api/reference.ts';
import type { Overview, Quantiles } from '../api/schemas.ts';
import { hrefOf } from '../route.ts';
import { moneyOfCents } from '../text/money.ts';
import { duration } from '../text/time.ts';
import { QueryView, Empty } from '../ui/query-view.tsx';
import { StateBadge } from '../ui/badge.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Plot } from '../ui/plot.tsx';
import { SafeText } from '../ui/safe-text.tsx';

const WAITING = ['nothing needs you', 'hiring needs an operator'];

export function OverviewPage() {
  const query = useAnswer(['overview'], '/overview', { everyMs: 60_000 });
  return (
    <Page title="Overview">
      <QueryView query={query}>{(overview) => <Now overview={overview} />}</QueryView>
    </Page>
  );
}

function Now({ overview }: { readonly overview: Overview }) {
  const { states, today } = overview;
  const all = useReference().states;
  const running = sum(all.filter(({ isEnd }) => !isEnd).map(({ name }) => states[name] ?? 0));
  return (
    <>
      {overview.problems.length > 0 && (
        <div className="notice warn">
          <TriangleAlert aria-hidden size={18} />
          <ul className="bare">
            {overview.problems.map((problem) => (
              <li key={problem}>
                <SafeText text={problem} limit={1_000} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <ul className="figures">
        <Figure
          name="Need you"
          value={count(overview.attention)}
          href={hrefOf('attention')}
          tone={overview.attention > 0 ? 'warn' : ''}
        >
          {WAITING[overview.attention] ?? 'hirings need an operator'}
        </Figure>
        <Figure
          name="Running"
          value={count(running)}
          href={hrefOf('hirings')}
          tone={overview.overdue > 0 ? 'bad' : ''}
        >
          {overview.overdue === 0 ? 'none is overdue' : `${count(overview.overdue)} overdue`}
        </Figure>
        <Figure name="Paid today (UTC)" value={moneyOfCents(today.netCents)} href={hrefOf('earnings')}>
          {count(today.hirings)} {today.hirings === 1 ? 'hiring' : 'hirings'}, less fee
        </Figure>
        <Figure
          name="Agents"
          value={count(overview.agents)}
          href={hrefOf('agents', overview.agentsOffline > 0 ? { show: 'unhireable' } : {})}
          tone={overview.agentsOffline > 0 ? 'bad' : ''}
        >
          {overview.agentsOffline === 0 ? 'all online' : `${count(overview.agentsOffline)} offline`},{' '}
          {count(overview.workers)} {overview.workers === 1 ? 'worker' : 'workers'}
        </Figure>
      </ul>
      <div className="columns">
        <Card title="Hirings received, by hour">
          {overview.arrivals.length === 0 ? (
            <Empty title="No hirings in the last 24 hours" />
          ) : (
            <Plot
              form="bars"
              summary={`Hirings by hour: ${count(sum(overview.arrivals.map((hour) => hour.count)))} in the last 24 hours`}
              times={overview.arrivals.map(({ at }) => at)}
              lines={[
                { name: 'Hirings', values: overview.arrivals.map((hour) => hour.count), colour: '--plot-1' },
              ]}
              shown={(value) => (Number.isInteger(value) ? count(value) : '')}
            />
          )}
        </Card>
        <Card title="Hirings by state">
          <ul className="states">
            {all.map(({ name: state }) => (
              <li key={state}>
                <a href={hrefOf('hirings', { state })}>
                  <StateBadge state={state} />
                  <span className="number">{count(states[state] ?? 0)}</span>
                </a>
              </li>
            ))}
          </ul>
        </Card>
        <Card title="Time to acknowledge">
          <Times
            what="from assignment to acknowledgement"
            hours={overview.acknowledge}
            day={overview.arrivals}
          />
        </Card>
        <Card title="Time to settle">
          <Times
            what="from the accepted result, or the failure, to its settlement"
            hours={overview.settle}
            day={overview.arrivals}
          />
        </Card>
      </div>
      <p className="dim">Release {overview.version}</p>
    </>
  );
}

function Figure(props: {
  readonly name: string;
  readonly value: string;
  readonly href: string;
  readonly tone?: string;
  readonly children: ReactNode;
}) {
  return (
    <li>
      <a href={props.href} className={`figure ${props.tone ?? ''}`}>
        <span className="figure-name">{props.name}</span>
        <span className="figure-value">{props.value}</span>
        <span className="dim">{props.children}</span>
      </a>
    </li>
  );
}

/** Hours in which nothing was measured are named, too, so that one measured hour stands where it belongs in the day. */
function Times({
  what,
  hours,
  day,
}: {
  readonly what: string;
  readonly hours: readonly Quantiles[];
  readonly day: Overview['arrivals'];
}) {
  const measured = new Map(hours.map((hour) => [hour.at, hour]));
  const times = [...new Set([...day, ...hours].map(({ at }) => at))].toSorted();
  const valuesOf = (name: 'p50Ms' | 'p95Ms') => times.map((at) => measured.get(at)?.[name] ?? null);
  if (hours.length === 0) return <Empty title="No measurements in the last 24 hours" />;
  return (
    <Plot
      form="lines"
      summary={`Time ${what}, by hour: half of the hirings, and 95 of 100`}
      times={times}
      lines={[
        { name: 'Half are faster than', values: valuesOf('p50Ms'), colour: '--plot-1' },
        { name: '95 of 100 are faster than', values: valuesOf('p95Ms'), colour: '--plot-2' },
      ]}
      shown={duration}
    />
  );
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
