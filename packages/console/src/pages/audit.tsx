import { usePages } from '../api/queries.ts';
import type { AuditRow } from '../api/schemas.ts';
import { hrefOf } from '../route.ts';
import { shortened, safeText } from '../text/safe-text.ts';
import { Empty, Listed } from '../ui/query-view.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Timestamp } from '../ui/timestamp.tsx';
import { Page } from '../ui/page.tsx';
import { SafeText } from '../ui/safe-text.tsx';

/** Who changed what, by the API or the command line tool, done and refused, the newest first. */
export function AuditPage() {
  const query = usePages(['audit'], '/audit', { everyMs: 15_000 });
  return (
    <Page title="Audit">
      <p className="dim intro">
        Commands from the console, the API and the command line tool, including refused ones. The last 50,000
        of each name are kept.
      </p>
      <Listed query={query} empty={<Empty title="No entries yet">Commands appear here immediately.</Empty>}>
        {(rows) => (
          <div className="card flush">
            <table className="list">
              <caption className="unseen">Audit log, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">What</th>
                  <th scope="col">Outcome</th>
                  <th scope="col" className="wide-only">
                    Who
                  </th>
                  <th scope="col" className="wide-only">
                    From
                  </th>
                  <th scope="col" className="number wide-only">
                    When
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row, index) => (
                  // Nothing tells two of the same moment apart.
                  <tr key={`${row.at} ${index}`}>
                    <td>
                      <span className="strong">{commandNameOf(row.action)}</span>
                      <div className="dim below">
                        <Subject row={row} />
                        <div className="phone-only">
                          {whoOf(row)}, <Timestamp at={row.at} />
                        </div>
                      </div>
                    </td>
                    <td>
                      <Outcome status={row.outcome} />
                    </td>
                    <td className="wide-only">{whoOf(row)}</td>
                    <td className="wide-only nowrap">{safeText(shortened(row.from, 45))}</td>
                    <td className="number nowrap wide-only">
                      <Timestamp at={row.at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Listed>
    </Page>
  );
}

function whoOf({ who, role }: AuditRow): string {
  return who === '' ? 'nobody known' : safeText(role === '' ? who : `${who}, ${role}`);
}

const DEEDS: Readonly<Record<string, string>> = {
  'POST session': 'Log in',
  'DELETE session': 'Log out',
  'POST agents': 'Agents: register',
  'PATCH agents': 'Agents: change listing',
};

/** `POST hirings approve` is `Hirings: approve`; what is not known stays as it is. */
function commandNameOf(action: string): string {
  const [, first = '', rest = '', verb = ''] = /^POST (\w)(\w{0,60}) ([\w-]{1,60})$/.exec(action) ?? [];
  const said = first === '' ? action : `${first.toUpperCase()}${rest}: ${verb.replaceAll('-', ' ')}`;
  return safeText(DEEDS[action] ?? said);
}

function Subject({ row: { action, subject } }: { readonly row: AuditRow }) {
  if (subject === '') return null;
  const text = <SafeText text={subject} limit={80} />;
  return /^\w+ hirings\b/.test(action) ? (
    <a href={hrefOf(`hirings/${encodeURIComponent(subject)}`)}>{text}</a>
  ) : (
    text
  );
}

/** What the API answered, by its HTTP status. */
const OUTCOMES: readonly (readonly [below: number, tone: Tone, word: string])[] = [
  [400, 'good', 'done'],
  [424, 'warn', 'refused'],
  [425, 'bad', 'failed'],
  [500, 'warn', 'refused'],
  [600, 'bad', 'failed'],
];

/** An HTTP status; for a command of the command line tool, the one that says as much as its exit code. */
function statusOf(outcome: string): number {
  const exitCode = /^exit (\d+)$/.exec(outcome)?.[1];
  if (exitCode === undefined) return Number(outcome);
  return exitCode === '0' ? 200 : 400;
}

function Outcome({ status }: { readonly status: string }) {
  const [, tone, word] = OUTCOMES.find(([below]) => statusOf(status) < below) ?? [0, 'off', 'answered'];
  return (
    <Badge tone={tone}>
      {word} {safeText(status)}
    </Badge>
  );
}
