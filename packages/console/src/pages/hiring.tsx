import { TriangleAlert } from 'lucide-react';
import { useAnswer } from '../api/queries.ts';
import type { Attempt, Hiring } from '../api/schemas.ts';
import { useMayCommand } from '../api/session.ts';
import { hrefOf } from '../route.ts';
import { moneyOfPrice } from '../text/money.ts';
import { safeText } from '../text/safe-text.ts';
import { QueryView } from '../ui/query-view.tsx';
import { StateBadge } from '../ui/badge.tsx';
import { DownloadButton } from '../ui/download-button.tsx';
import { Timestamp } from '../ui/timestamp.tsx';
import { Card, Facts, Page } from '../ui/page.tsx';
import { Id, LongText, SafeText } from '../ui/safe-text.tsx';
import { WaitingQuestion } from './decided-about.tsx';
import { HiringActions } from './hiring-actions.tsx';
import { titleOf } from './hirings.tsx';
import { ResultFiles } from './result-files.tsx';

/** How the money of an ended hiring stands. */
const MONEY_WORDS: Readonly<Record<string, string>> = {
  paid: 'Paid',
  unpaid: 'Not paid',
  paid_disputed: 'Paid, disputed',
  unpaid_disputed: 'Not paid, disputed',
};

/** Events tell of moves alone; what a worker shows between two of them is asked for. */
const ACTIVITY_EVERY_MS = 5_000;

/** The whole of one hiring: where it is, what the worker has shown, what was said, and what can be done. */
export function HiringPage({ id }: { readonly id: string }) {
  const known = decoded(id);
  const query = useAnswer(['hiring', known], '/hirings/{id}', { of: known, everyMs: ACTIVITY_EVERY_MS });
  return (
    <Page title={`Hiring ${safeText(known).slice(0, 8)}`} beside={<Beside hiring={query.data} />}>
      <QueryView query={query}>{(hiring) => <Whole hiring={hiring} />}</QueryView>
    </Page>
  );
}

function Beside({ hiring }: { readonly hiring: Hiring | undefined }) {
  return (
    <>
      <span role="status" aria-label="State of the hiring">
        {hiring !== undefined && <StateBadge state={hiring.state} />}
      </span>
      {hiring !== undefined && (
        <DownloadButton
          path={`/hirings/${encodeURIComponent(hiring.id)}/export`}
          fileName={`agrenting-${hiring.id}.zip`}
        >
          Export evidence
        </DownloadButton>
      )}
    </>
  );
}

function Whole({ hiring }: { readonly hiring: Hiring }) {
  const mayCommand = useMayCommand();
  return (
    <>
      <p className="hiring-title">
        <SafeText text={titleOf(hiring)} limit={300} />
      </p>
      {hiring.needs !== null && (
        <div className="notice warn">
          <TriangleAlert aria-hidden size={18} />
          <div>
            <p className="strong">
              It needs you: <SafeText text={hiring.needs.why} limit={1_000} />
            </p>
            <p>
              <SafeText text={hiring.needs.todo} limit={1_000} />
            </p>
            {hiring.needs.quote !== null && (
              <LongText text={hiring.needs.quote} label="Message from the worker" />
            )}
          </div>
        </div>
      )}
      {hiring.question !== null && (
        <Card title="The worker asks to run a command">
          <WaitingQuestion hiring={hiring} />
        </Card>
      )}
      {hiring.concern?.code === 'settlement_delayed' && (
        <div className="notice bad">
          <TriangleAlert aria-hidden size={18} />
          <p>
            The marketplace has not accepted its settlement since <Timestamp at={hiring.concern.since} />. It
            is retried automatically.
          </p>
        </div>
      )}
      {hiring.lastFailure !== null && (
        <div className="notice bad">
          <TriangleAlert aria-hidden size={18} />
          <p>
            Failing; retrying automatically: <SafeText text={hiring.lastFailure} limit={1_000} />
          </p>
        </div>
      )}
      {mayCommand ? (
        <HiringActions hiring={hiring} />
      ) : (
        <p className="actions dim">You have read-only access.</p>
      )}
      <div className="columns uneven">
        <div className="stack">
          {hiring.earlierAttempts > 0 && (
            <p className="dim">
              Attempts before the newest {hiring.attempts.length} are not shown: {hiring.earlierAttempts}.
            </p>
          )}
          {hiring.attempts.toReversed().map((attempt) => (
            <AttemptCard key={attempt.number} attempt={attempt} hiringId={hiring.id} />
          ))}
          <Card title="Task">
            {hiring.description === '' ? (
              <p className="dim">The text is no longer stored.</p>
            ) : (
              <LongText text={hiring.description} label="Description of the work" />
            )}
            {hiring.clientMessage !== null && (
              <>
                <h3>Message from the hirer</h3>
                <LongText text={hiring.clientMessage} label="Message from the hirer" />
              </>
            )}
            {hiring.parameters !== null && (
              <>
                <h3>Further parameters</h3>
                <LongText text={hiring.parameters} label="Further parameters" />
              </>
            )}
          </Card>
        </div>
        <div className="stack">
          <Card title="About">
            <Facts
              facts={[
                ['Id', <Id key="id" id={hiring.id} whole />],
                [
                  'Agent',
                  <a key="agent" href={hrefOf('hirings', { agent: hiring.agentId })}>
                    <Id id={hiring.agentId} />
                  </a>,
                ],
                [
                  'Worker',
                  hiring.worker === null ? (
                    '–'
                  ) : (
                    <a key="worker" href={hrefOf('workers', { q: hiring.worker })}>
                      {safeText(hiring.worker)}
                    </a>
                  ),
                ],
                ['Price', safeText(moneyOfPrice(hiring.price))],
                ['Capability', shown(hiring.capability)],
                ['Delivery', shown(hiring.deliveryMode)],
                ['Repository', shown(hiring.repoUrl)],
                ['Marketplace', shown(hiring.marketplaceStatus)],
                ['Money', shown(hiring.money === null ? null : (MONEY_WORDS[hiring.money] ?? hiring.money))],
                ['Received', <Timestamp key="received" at={hiring.receivedAt} form="both" />],
                ['Deadline', <Timestamp key="deadline" at={hiring.deadlineAt} form="both" />],
              ]}
            />
          </Card>
          <Card title="Timeline">
            {hiring.earlierTransitions > 0 && (
              <p className="dim">
                Transitions before the newest {hiring.timeline.length} are not shown:{' '}
                {hiring.earlierTransitions}.
              </p>
            )}
            <ol className="timeline">
              {hiring.timeline.toReversed().map((transition, index) => (
                // Several moves may be at the same moment.
                <li key={`${transition.at} ${index}`}>
                  <div>
                    <StateBadge state={transition.to} />{' '}
                    <span className="dim">
                      <Timestamp at={transition.at} form="local" />
                    </span>
                  </div>
                  <p>
                    <SafeText text={transition.cause} />
                  </p>
                </li>
              ))}
            </ol>
          </Card>
          <Card title="Received by">
            <ul className="bare gap">
              {hiring.received.map((one) => (
                <li key={`${one.intake} ${one.firstAt}`}>
                  <span className="strong">{safeText(one.intake)}</span>,{' '}
                  {one.times === 1 ? 'once' : `${one.times} times`}, last <Timestamp at={one.lastAt} />
                  {one.problem !== null && (
                    <p className="bad-text">
                      <SafeText text={one.problem} />
                    </p>
                  )}
                </li>
              ))}
            </ul>
          </Card>
        </div>
      </div>
    </>
  );
}

function AttemptCard({ attempt, hiringId }: { readonly attempt: Attempt; readonly hiringId: string }) {
  const { milestones, messages, files, result, failure, settlement, conversation } = attempt;
  const question = conversation?.question;
  return (
    <Card title={`Attempt ${attempt.number}`}>
      <p className="dim">
        <StateBadge state={attempt.state} /> worker {shown(attempt.worker)}, opened{' '}
        <Timestamp at={attempt.openedAt} />
        {attempt.roomId !== null && (
          <>
            , room <Id id={attempt.roomId} whole />
          </>
        )}
      </p>
      {result !== null && (
        <>
          <h3>Result</h3>
          {!result.text.startsWith(result.summary) && (
            <p className="strong">
              <SafeText text={result.summary} />
            </p>
          )}
          <LongText text={result.text} label="Result from the worker" />
          {result.notes.map((note) => (
            <p key={note} className="dim">
              <SafeText text={note} />
            </p>
          ))}
        </>
      )}
      {failure !== null && (
        <>
          <h3>Failure</h3>
          <p className="bad-text strong">{safeText(failure.reason)}</p>
          <LongText text={failure.text} label="Why it failed" />
        </>
      )}
      <h3>Proofs</h3>
      {milestones.length === 0 ? (
        <p className="dim">None yet.</p>
      ) : (
        <ol className="proofs">
          {milestones.map((milestone) => (
            <li key={milestone.kind} title={safeText(milestone.evidence)}>
              <span className="strong">{safeText(milestone.kind)}</span>
              <span className="dim">
                <Timestamp at={milestone.at} form="local" />
              </span>
            </li>
          ))}
        </ol>
      )}
      {conversation !== null && (conversation.incoming.length > 0 || conversation.outgoing.length > 0) && (
        <>
          <h3>Conversation</h3>
          <ul className="conversation">
            {conversation.incoming.map((said, index) => (
              <li key={`in ${index}`} className="hirer">
                <p className="dim">Hirer, {shown(said.kind)}</p>
                <LongText text={said.text} label="Message from the hirer" />
              </li>
            ))}
            {conversation.outgoing.map((said, index) => (
              <li key={`out ${index}`} className="worker">
                <p className="dim">Worker, {shown(said.kind)}</p>
                <LongText text={said.text} label="Message from the worker" />
              </li>
            ))}
          </ul>
        </>
      )}
      {question !== undefined && question !== null && (
        <>
          <h3>Open question from the worker</h3>
          <LongText text={question.text} label="Question from the worker" />
        </>
      )}
      {files.length > 0 && (
        <>
          <h3>Files</h3>
          <ResultFiles hiringId={hiringId} files={files} />
        </>
      )}
      {(messages.length > 0 || settlement !== null) && (
        <>
          <h3>Sent</h3>
          <ul className="bare gap">
            {messages.map((message) => (
              <li key={`${message.purpose} ${message.number}`}>
                {safeText(message.purpose)} {message.number} to the worker,{' '}
                <Timestamp at={message.sentAt} form="local" /> <Id id={message.eventId} />
              </li>
            ))}
            {settlement !== null && (
              <li>
                settlement as {safeText(settlement.endpoint)}
                {settlement.unknownSends > 0 && (
                  <span className="warn-text">, {settlement.unknownSends} sends of unknown outcome</span>
                )}
              </li>
            )}
          </ul>
        </>
      )}
    </Card>
  );
}

function shown(text: string | null): string {
  return text === null || text === '' ? '–' : safeText(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
