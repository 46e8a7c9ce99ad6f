import { usePages } from '../api/queries.ts';
import { useMayCommand } from '../api/session.ts';
import { hrefOf } from '../route.ts';
import { safeText } from '../text/safe-text.ts';
import { Empty, Listed } from '../ui/query-view.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import { Timestamp } from '../ui/timestamp.tsx';
import { Page } from '../ui/page.tsx';
import { SafeText } from '../ui/safe-text.tsx';

const TONES: Readonly<Record<string, Tone>> = {
  attention: 'warn',
  agent_offline: 'bad',
  agent_online: 'good',
  disputed: 'bad',
  failed: 'bad',
  paid: 'good',
};

/** Operator alerts and their delivery. */
export function AlertsPage() {
  const query = usePages(['alerts'], '/alerts', { everyMs: 30_000 });
  const mayCommand = useMayCommand();
  return (
    <Page
      title="Alerts"
      beside={
        mayCommand && (
          <CommandButton
            label="Send a test"
            about="alert"
            request={{ command: 'POST /alerts/test' }}
            done="Test alert queued"
          />
        )
      }
    >
      <Listed
        query={query}
        empty={
          <Empty title="No alerts yet">Alerts are sent to the Matrix room or webhook in your settings.</Empty>
        }
      >
        {(alerts) => (
          <ul className="card flush rows">
            {alerts.map((alert) => (
              <li key={`${alert.id} ${alert.sink}`}>
                <div className="row-head">
                  <Badge tone={TONES[alert.kind] ?? 'off'}>{safeText(alert.kind)}</Badge>
                  <span className="dim">
                    <Timestamp at={alert.keptAt} />
                  </span>
                </div>
                <p>
                  <SafeText text={alert.text} limit={1_000} />
                </p>
                <p className="dim">
                  <AboutHiring text={alert.text} />
                  {alert.doneAt === null ? 'Not yet sent to ' : 'Sent to '}
                  {safeText(alert.sink)}
                  {alert.doneAt !== null && (
                    <>
                      {' '}
                      <Timestamp at={alert.doneAt} form="local" />
                    </>
                  )}
                  {alert.refusals > 0 && (
                    <span className="warn-text">
                      , refused {alert.refusals === 1 ? 'once' : `${alert.refusals} times`}
                    </span>
                  )}
                </p>
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </Page>
  );
}

/** The way to what an alert is about: its text begins with that, in words of the adapter's own. */
function AboutHiring({ text }: { readonly text: string }) {
  const [, id] = /^Hiring ([0-9a-f-]{36})\b/.exec(text) ?? [];
  if (id === undefined) return null;
  return (
    <>
      <a href={hrefOf(`hirings/${id}`)}>
        Open<span className="unseen"> hiring {id}</span>
      </a>
      {' · '}
    </>
  );
}
