import { CircleAlert, CircleCheck, Plus } from 'lucide-react';
import { useAllPages } from '../api/queries.ts';
import type { Agent } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { hrefOf } from '../route.ts';
import { moneyOfPrice } from '../text/money.ts';
import { shortened, safeText } from '../text/safe-text.ts';
import { QueryView, Empty, NotAll } from '../ui/query-view.tsx';
import { Badge } from '../ui/badge.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import { Timestamp } from '../ui/timestamp.tsx';
import { Facts, Page } from '../ui/page.tsx';
import { Id, SafeText } from '../ui/safe-text.tsx';
import { SearchedList, type Kind } from '../ui/searched-list.tsx';
import { RotateKey } from './rotate-key.tsx';

/** Of a session that a process keeps and that hears. */
const HEALTHY = 'held';
/** Of the process that keeps it: its kind, and enough to tell it from another. */
const MAX_HOLDER = 19;

/** By what wants to be seen first. */
const KINDS: readonly Kind<Agent>[] = [
  {
    value: 'unhireable',
    label: 'cannot be hired',
    isOne: ({ hireable, paused }) => !hireable.ok && paused === null,
  },
  { value: 'paused', label: 'paused', isOne: ({ paused }) => paused !== null },
  { value: 'hireable', label: 'can be hired', isOne: ({ hireable }) => hireable.ok },
];

function placeOf(agent: Agent): number {
  return KINDS.findIndex(({ isOne }) => isOne(agent));
}

function nameOf({ name, agentId, worker }: Agent): string {
  return safeText(name ?? agentId ?? worker ?? 'Unknown agent');
}

/** Every agent: whether it hears, whether it would be hired now, and if not, why. */
export function AgentsPage({ query }: { readonly query: URLSearchParams }) {
  const answer = useAllPages(['agents'], '/agents', { everyMs: 15_000 });
  const mayCommand = useMayCommand();
  return (
    <Page
      title="Agents"
      beside={
        mayCommand && (
          <a className="button plain small pushed" href={hrefOf('agents/register')}>
            <Plus aria-hidden size={16} /> Register an agent
          </a>
        )
      }
    >
      <QueryView query={answer}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty title="No agent yet">
              {mayCommand ? (
                <>
                  <a href={hrefOf('agents/register')}>Register an agent</a> to offer a worker on the
                  marketplace.
                </>
              ) : (
                'Operators register workers as agents on the marketplace.'
              )}
            </Empty>
          ) : (
            <>
              <SearchedList
                items={items}
                page="agents"
                query={query}
                choice={{ name: 'show', label: 'Show', all: 'All' }}
                kinds={KINDS}
                placeholder="Name, id or worker"
                textOf={({ name, agentId, worker }) => `${name ?? ''} ${agentId ?? ''} ${worker ?? ''}`}
                compare={(one, other) =>
                  placeOf(one) - placeOf(other) || nameOf(one).localeCompare(nameOf(other))
                }
                none={{ title: 'No agents match these filters', all: 'Show all agents' }}
              >
                {(some) => (
                  <ul className="cards two">
                    {some.map((agent, index) => (
                      <AgentCard key={agent.agentId ?? `unknown ${index}`} agent={agent} />
                    ))}
                  </ul>
                )}
              </SearchedList>
              <NotAll nextCursor={nextCursor} />
            </>
          )
        }
      </QueryView>
    </Page>
  );
}

function AgentCard({ agent }: { readonly agent: Agent }) {
  const { agentId, hireable, session, listed, paused, key } = agent;
  const name = nameOf(agent);
  return (
    <li className="card">
      <div className="card-head">
        <h2>{name}</h2>
        {paused !== null && (
          <Badge tone="off">
            paused <Timestamp at={paused.since} />
          </Badge>
        )}
      </div>
      <div className={`verdict ${hireable.ok ? 'good' : paused === null ? 'bad' : 'warn'}`}>
        {hireable.ok ? <CircleCheck aria-hidden size={18} /> : <CircleAlert aria-hidden size={18} />}
        <div>
          <p className="strong">{hireable.ok ? 'Can be hired now' : 'Cannot be hired now'}</p>
          {hireable.reasons.map((reason) => (
            <p key={reason} className="sentence">
              <SafeText text={reason} limit={500} />
            </p>
          ))}
        </div>
      </div>
      <Facts
        facts={[
          ['Id', agentId === null ? 'not known yet' : <Id key="id" id={agentId} whole />],
          ['Worker', agent.worker === null ? 'as its listing says' : <WorkerLink name={agent.worker} />],
          ['Price', safeText(moneyOfPrice(listed?.price ?? null))],
          [
            'Listed',
            safeText([listed?.status, listed?.availability].filter(Boolean).join(', ') || 'not known'),
          ],
          ['Capabilities', safeText(listed?.capabilities.join(', ') || '–')],
          ['Session', <SessionFacts key="session" session={session} />],
          [
            'Key',
            (key?.problem ?? null) === null ? (
              'good'
            ) : (
              <span key="key" className="bad-text">
                a problem, see above
              </span>
            ),
          ],
          [
            'Open hirings',
            agentId === null ? (
              agent.openHirings
            ) : (
              <a key="open" href={hrefOf('hirings', { agent: agentId })}>
                {agent.openHirings}
              </a>
            ),
          ],
        ]}
      />
      {agentId !== null && <AgentActions agentId={agentId} isPaused={paused !== null} name={name} />}
    </li>
  );
}

function WorkerLink({ name }: { readonly name: string }) {
  return <a href={hrefOf('workers', { q: name })}>{safeText(name)}</a>;
}

function SessionFacts({ session }: { readonly session: Agent['session'] }) {
  if (session === null) return 'none: no process keeps one';
  const { state, since, lastPingAt, drops, holder } = session;
  return (
    <>
      <span className={state === HEALTHY ? 'good-text' : 'bad-text'}>{safeText(state)}</span>
      {since !== null && (
        <>
          {' '}
          since <Timestamp at={since} />
        </>
      )}
      {lastPingAt !== null && (
        <>
          , last ping <Timestamp at={lastPingAt} />
        </>
      )}
      {drops !== null && `, ${drops === 1 ? '1 drop' : `${drops} drops`}`}
      {holder !== null && (
        <span className="dim" title={safeText(holder)}>
          {' '}
          ({safeText(shortened(holder, MAX_HOLDER))})
        </span>
      )}
    </>
  );
}

function AgentActions({
  agentId,
  isPaused,
  name,
}: {
  readonly agentId: string;
  readonly isPaused: boolean;
  readonly name: string;
}) {
  if (!useMayCommand()) return null;
  return (
    <div className="actions">
      {isPaused ? (
        <CommandButton
          label="Resume"
          kind="primary"
          about={name}
          request={{ command: 'POST /agents/{id}/resume', of: agentId }}
          done={`${name} takes hirings again`}
        />
      ) : (
        <CommandButton
          label="Pause"
          about={name}
          request={{ command: 'POST /agents/{id}/pause', of: agentId }}
          done={`${name} takes no new hirings`}
        />
      )}
      <a className="button plain small" href={hrefOf(`agents/${encodeURIComponent(agentId)}`)}>
        Change listing<span className="unseen"> of {name}</span>
      </a>
      <RotateKey agentId={agentId} name={name} />
    </div>
  );
}
