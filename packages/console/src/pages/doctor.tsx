import { CircleAlert, CircleCheck, CircleMinus, TriangleAlert, type LucideIcon } from 'lucide-react';
import { useAnswer } from '../api/queries.ts';
import type { Check } from '../api/schemas.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView, Empty } from '../ui/query-view.tsx';
import { Button } from '../ui/button.tsx';
import { Timestamp } from '../ui/timestamp.tsx';
import { Page } from '../ui/page.tsx';
import { SafeText } from '../ui/safe-text.tsx';

/** What needs somebody first. */
const STATES: Readonly<Record<string, readonly [place: number, tone: string, icon: LucideIcon]>> = {
  failed: [0, 'bad', CircleAlert],
  warning: [1, 'warn', TriangleAlert],
  skipped: [3, '', CircleMinus],
  ok: [4, 'good', CircleCheck],
};
const UNKNOWN = [2, '', CircleMinus] as const;

/** Everything that has to be right: looked at when one comes here, and when one wants it again. */
export function DoctorPage() {
  const query = useAnswer(['doctor'], '/doctor', { onDemand: true });
  const { data, isFetching } = query;
  return (
    <Page
      title="Doctor"
      beside={
        <>
          <span className="dim" role="status">
            {isFetching ? (
              'Running checks. This takes some seconds…'
            ) : data === undefined ? null : (
              <>
                Looked <Timestamp at={data.lookedAt} />
              </>
            )}
          </span>
          <span className="pushed">
            <Button small disabled={isFetching} onClick={() => void query.refetch()}>
              Run again
            </Button>
          </span>
        </>
      }
    >
      <QueryView query={query}>
        {({ checks, failed, warnings, skipped }) =>
          checks.length === 0 ? (
            <Empty title="No checks ran">Run it again.</Empty>
          ) : (
            <div className={isFetching ? 'stale' : ''}>
              <p className="intro">
                <Count number={failed} one="failed" tone="bad-text" />
                {', '}
                <Count number={warnings} one={warnings === 1 ? 'warning' : 'warnings'} tone="warn-text" />
                {`, ${skipped} skipped, ${checks.length - failed - warnings - skipped} passed`}
              </p>
              <Checks checks={checks.filter((check) => !isQuiet(check))} />
              <Quiet checks={checks.filter(isQuiet)} isOpen={failed + warnings === 0} />
            </div>
          )
        }
      </QueryView>
    </Page>
  );
}

/** Of no interest while something is wrong. */
function isQuiet({ status }: Check): boolean {
  return status === 'ok' || status === 'skipped';
}

function Checks({ checks }: { readonly checks: readonly Check[] }) {
  if (checks.length === 0) return null;
  return (
    <ul className="card flush rows">
      {checks
        .toSorted((one, other) => placeOf(one) - placeOf(other))
        .map((check, index) => (
          // Several checks may be of one name.
          <CheckRow key={`${check.name} ${index}`} check={check} />
        ))}
    </ul>
  );
}

/** A check for each of hundreds of agents that is good would bury the one that is not. */
function Quiet({ checks, isOpen }: { readonly checks: readonly Check[]; readonly isOpen: boolean }) {
  if (checks.length === 0) return null;
  return (
    <details className="quiet-checks" open={isOpen}>
      <summary>{checks.length} checks passed or skipped</summary>
      <Checks checks={checks} />
    </details>
  );
}

function placeOf({ status }: Check): number {
  return (STATES[status] ?? UNKNOWN)[0];
}

function Count({
  number,
  one,
  tone,
}: {
  readonly number: number;
  readonly one: string;
  readonly tone: string;
}) {
  return (
    <span className={number === 0 ? '' : `strong ${tone}`}>
      {number} {one}
    </span>
  );
}

function CheckRow({ check: { name, status, detail, remedy } }: { readonly check: Check }) {
  const [, tone, Icon] = STATES[status] ?? UNKNOWN;
  return (
    <li className="check-row">
      <Icon aria-hidden size={18} className={tone === '' ? 'dim' : `${tone}-text`} />
      <div>
        <p>
          <span className="strong">{safeText(name)}</span>
          <span className="dim"> {safeText(status)}</span>
        </p>
        <p>
          <SafeText text={detail} limit={1_000} />
        </p>
        {remedy !== null && (
          <p className="todo">
            <SafeText text={remedy} limit={1_000} />
          </p>
        )}
      </div>
    </li>
  );
}
