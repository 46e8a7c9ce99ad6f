import { useAllPages } from '../api/queries.ts';
import type { AgentKey } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { hrefOf } from '../route.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView, Empty, NotAll } from '../ui/query-view.tsx';
import { Badge } from '../ui/badge.tsx';
import { ShowMore } from '../ui/show-more.tsx';
import { Page } from '../ui/page.tsx';
import { Id, SafeText } from '../ui/safe-text.tsx';
import { RotateKey } from './rotate-key.tsx';

const SOURCES: Readonly<Record<string, string>> = {
  file: 'its own file',
  configuration: 'the configuration file',
  environment: 'the environment',
};

/** Where the agents' keys come from and whether the marketplace takes them. A key itself is never shown. */
export function KeysPage() {
  const query = useAllPages(['keys'], '/keys', { everyMs: 60_000 });
  return (
    <Page title="Keys">
      <p className="dim intro">
        The source of each agent’s key, and whether the marketplace accepts it. Keys are never shown. A key in
        its own file can be rotated here.
      </p>
      <QueryView query={query}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty title="No key yet">
              <a href={hrefOf('agents/register')}>Register an agent</a>, and the adapter stores its key.
            </Empty>
          ) : (
            <>
              <ShowMore items={items.toSorted((one, other) => Number(one.good) - Number(other.good))}>
                {(some) => (
                  <ul className="card flush rows">
                    {some.map((entry, index) => (
                      <KeyRow key={entry.agentId ?? `unknown ${index}`} entry={entry} />
                    ))}
                  </ul>
                )}
              </ShowMore>
              <NotAll nextCursor={nextCursor} />
            </>
          )
        }
      </QueryView>
    </Page>
  );
}

function KeyRow({ entry: { agentId, worker, source, good, problem } }: { readonly entry: AgentKey }) {
  const mayCommand = useMayCommand();
  const name = safeText(worker ?? 'no worker named');
  return (
    <li className="key-row">
      <div>
        <div className="row-head">
          <span className="strong">{name}</span>
          <Badge tone={good ? 'good' : 'bad'}>{good ? 'good' : 'problem'}</Badge>
        </div>
        <p className="dim">
          {agentId === null ? 'agent not known yet' : <Id id={agentId} whole />}, in{' '}
          {SOURCES[source] ?? safeText(source)}
        </p>
        {problem !== null && (
          <p className="bad-text">
            <SafeText text={problem} limit={300} />
          </p>
        )}
      </div>
      {mayCommand && agentId !== null && source === 'file' && <RotateKey agentId={agentId} name={name} />}
    </li>
  );
}
