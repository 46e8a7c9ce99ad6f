import { useWhole } from '../api/queries.ts';
import type { AgentKey } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { hrefOf } from '../route.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView, Empty, NotAll } from '../ui/query-view.tsx';
import { Badge } from '../ui/badge.tsx';
import { ShowMore } from '../ui/show-more.tsx';
import { Page } from '../ui/page.tsx';
import { Id, ShownText } from '../ui/shown-text.tsx';
import { RotateKey } from './rotate-key.tsx';

const SOURCES: Readonly<Record<string, string>> = {
  file: 'a file of its own',
  configuration: 'the configuration file',
  environment: 'the environment',
};

/** Where the agents' keys come from and whether the marketplace takes them. A key itself is never shown. */
export function KeysPage() {
  const query = useWhole(['keys'], '/keys', { everyMs: 60_000 });
  return (
    <Page title="Keys">
      <p className="dim intro">
        Where each agent’s key comes from, and whether the marketplace takes it. No key is ever shown. One
        that stands in a file of its own can be rotated here.
      </p>
      <QueryView query={query}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty title="No key yet">
              <a href={hrefOf('agents/register')}>Register an agent</a>, and its key is kept by the adapter.
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
            <ShownText text={problem} limit={300} />
          </p>
        )}
      </div>
      {mayCommand && agentId !== null && source === 'file' && <RotateKey agentId={agentId} name={name} />}
    </li>
  );
}
