import { CircleAlert, CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWhole } from '../api/queries.ts';
import type { Agent } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { hrefOf } from '../route.ts';
import { moneyOfPrice } from '../text/money.ts';
import { visibleText } from '../text/visible.ts';
import { Answered, Empty, NotAll } from '../ui/answered.tsx';
import { Badge } from '../ui/badge.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import { CommandDialog } from '../ui/command-dialog.tsx';
import { Moment } from '../ui/moment.tsx';
import { Facts, Page } from '../ui/page.tsx';
import { Id, ShownText } from '../ui/shown-text.tsx';

/** Of a session that a process holds and that hears. */
const HEALTHY = 'held';

/** Every agent: whether it hears, whether it would be hired now, and if not, why. */
export function AgentsPage() {
  const query = useWhole(['agents'], '/agents', { everyMs: 15_000 });
  return (
    <Page title="Agents">
      <Answered query={query}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty title="No agent yet">
              <code>agrenting-hiclaw register</code> offers a worker on the marketplace.
            </Empty>
          ) : (
            <>
              <ul className="cards two">
                {items.map((agent, index) => (
                  <AgentCard key={agent.agentId ?? `unknown ${index}`} agent={agent} />
                ))}
              </ul>
              <NotAll nextCursor={nextCursor} />
            </>
          )
        }
      </Answered>
    </Page>
  );
}

function AgentCard({ agent }: { readonly agent: Agent }) {
  const { agentId, hireable, session, listed, paused, key } = agent;
  const name = visibleText(agent.name ?? agentId ?? agent.worker ?? 'Unknown agent');
  return (
    <li className="card">
      <div className="card-head">
        <h2>{name}</h2>
        {paused !== null && <Badge tone="off">paused</Badge>}
        <Badge tone={session === null ? 'off' : session.state === HEALTHY ? 'good' : 'bad'}>
          {session === null ? 'no session' : `session ${visibleText(session.state)}`}
        </Badge>
      </div>
      <div className={`verdict ${hireable.ok ? 'good' : paused === null ? 'bad' : 'warn'}`}>
        {hireable.ok ? <CircleCheck aria-hidden size={18} /> : <CircleAlert aria-hidden size={18} />}
        <div>
          <p className="strong">{hireable.ok ? 'Can be hired now' : 'Cannot be hired now'}</p>
          {hireable.reasons.map((reason) => (
            <p key={reason}>
              <ShownText text={reason} limit={500} />
            </p>
          ))}
        </div>
      </div>
      <Facts
        facts={[
          ['Id', agentId === null ? 'not known yet' : <Id key="id" id={agentId} whole />],
          ['Worker', visibleText(agent.worker ?? '–')],
          ['Price', visibleText(moneyOfPrice(listed?.price ?? null))],
          [
            'Listed',
            visibleText([listed?.status, listed?.availability].filter(Boolean).join(', ') || 'not known'),
          ],
          ['Capabilities', visibleText(listed?.capabilities.join(', ') || '–')],
          ['Session', session === null ? '–' : <SessionFacts key="session" session={session} />],
          ['Key', keyState(key?.problem ?? null)],
          [
            'Open hirings',
            <a key="open" href={hrefOf('hirings', { agent: agentId ?? undefined })}>
              {agent.openHirings}
            </a>,
          ],
        ]}
      />
      {agentId !== null && <AgentActions agentId={agentId} paused={paused !== null} name={name} />}
    </li>
  );
}

function keyState(problem: string | null): ReactNode {
  return problem === null ? 'good' : <span className="bad-text">{visibleText(problem)}</span>;
}

function SessionFacts({ session }: { readonly session: NonNullable<Agent['session']> }) {
  const { since, lastPingAt, drops, holder } = session;
  return (
    <>
      {holder === null ? 'held by no process' : `held by ${visibleText(holder)}`}
      {since !== null && (
        <>
          , since <Moment at={since} />
        </>
      )}
      {lastPingAt !== null && (
        <>
          , last ping <Moment at={lastPingAt} />
        </>
      )}
      {drops !== null && (drops === 1 ? ', 1 drop' : `, ${drops} drops`)}
    </>
  );
}

function AgentActions({
  agentId,
  paused,
  name,
}: {
  readonly agentId: string;
  readonly paused: boolean;
  readonly name: string;
}) {
  if (!useMayCommand()) return null;
  return (
    <div className="actions">
      {!paused ? (
        <CommandButton
          label="Pause"
          about={name}
          wish={{ does: 'POST /agents/{id}/pause', of: agentId }}
          done={`${name} takes no new hirings`}
        />
      ) : (
        <CommandButton
          label="Resume"
          kind="primary"
          about={name}
          wish={{ does: 'POST /agents/{id}/resume', of: agentId }}
          done={`${name} takes hirings again`}
        />
      )}
      <CommandDialog
        label="Rotate key…"
        kind="danger"
        small
        about={name}
        title={`Give ${name} a new key?`}
        consequence={
          <>
            <p>The marketplace makes a new key, and the old one is refused from then on.</p>
            <p>
              The adapter keeps the new one in the place of the old. Whatever else uses the old key stops
              working; its session connects anew, and hires in that moment are heard by the poller.
            </p>
          </>
        }
        confirm="Rotate the key"
        wish={{ does: 'POST /agents/{id}/rotate-key', of: agentId }}
        done={`${name} has a new key`}
      />
    </div>
  );
}
