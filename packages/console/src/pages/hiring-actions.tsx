import { useState } from 'react';
import { useAnswer } from '../api/queries.ts';
import type { Attempt, HiringItem } from '../api/schemas.ts';
import { moneyOfPrice } from '../text/money.ts';
import { visibleText } from '../text/visible.ts';
import { Choice } from '../ui/choice.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import { CommandDialog } from '../ui/command-dialog.tsx';
import { LongText } from '../ui/shown-text.tsx';
import { TextField } from '../ui/text-field.tsx';

const MAX_TEXT = 200_000;
const MAX_REASON = 500;
const USUAL_REASON = 'The agent could not do this work.';

interface Approval {
  readonly title: string;
  readonly consequence: (price: string) => string;
  readonly confirm: string;
  readonly done: string;
}
const RESULT: Approval = {
  title: 'Settle this result?',
  consequence: (price) =>
    `The held result goes to the hirer as it is, and the escrow of ${price} is released to you. It cannot be taken back.`,
  confirm: 'Approve the result',
  done: 'The result is approved',
};
const WORK: Approval = {
  title: 'Let the worker do this?',
  consequence: (price) =>
    `The hiring is handed to its worker, which costs you model time. Its price is ${price}.`,
  confirm: 'Approve the work',
  done: 'The work is approved',
};
const HOLD: Approval = {
  title: 'Let it go on?',
  consequence: (price) =>
    `It goes on from where it was held. A result that waits is settled, and the escrow of ${price} released to you.`,
  confirm: 'Let it go on',
  done: 'It goes on',
};
const APPROVALS: Readonly<Record<string, Approval>> = { work: WORK, result: RESULT, hold: HOLD };

interface ActionProps {
  readonly hiring: HiringItem;
  readonly small: boolean;
}

function Approve({ hiring, small }: ActionProps) {
  const { title, consequence, confirm, done } = APPROVALS[hiring.needs?.approves ?? 'result'] ?? RESULT;
  return (
    <CommandDialog
      label="Approve…"
      kind="primary"
      small={small}
      about={hiring.id}
      title={title}
      consequence={
        <>
          <Delivered id={hiring.id} />
          <p>{consequence(price(hiring))}</p>
        </>
      }
      confirm={confirm}
      wish={{ does: 'POST /hirings/{id}/approve', of: hiring.id }}
      done={done}
    />
  );
}

function Fail({ hiring, small }: ActionProps) {
  const [reason, setReason] = useState(USUAL_REASON);
  return (
    <CommandDialog
      label="Fail…"
      kind="danger"
      small={small}
      about={hiring.id}
      title="Report this hiring as failed?"
      consequence={`The hirer gets ${price(hiring)} back and you are paid nothing. It cannot be taken back.`}
      confirm="Report as failed"
      wish={{ does: 'POST /hirings/{id}/fail', of: hiring.id, body: { reason } }}
      done="The failure is on its way"
      ready={reason.trim() !== ''}
    >
      <TextField
        label="Reason, which the hirer reads"
        lines={3}
        value={reason}
        onChange={setReason}
        maxLength={MAX_REASON}
        required
      />
    </CommandDialog>
  );
}

function Retry({ hiring, small }: ActionProps) {
  return (
    <CommandDialog
      label="Retry…"
      small={small}
      about={hiring.id}
      title="Hand it over once more?"
      consequence="The worker is told again under a new number and does the work anew, which costs you model time."
      confirm="Hand over again"
      wish={{ does: 'POST /hirings/{id}/retry', of: hiring.id }}
      done="It is handed over again"
    />
  );
}

function Submit({ hiring, small }: ActionProps) {
  const [text, setText] = useState('');
  return (
    <CommandDialog
      label="Submit a result…"
      small={small}
      about={hiring.id}
      title="Settle with a text of your own?"
      consequence={`Your text goes to the hirer as the result, and the escrow of ${price(hiring)} is released to you. It cannot be taken back.`}
      confirm="Submit as the result"
      wish={{ does: 'POST /hirings/{id}/submit', of: hiring.id, body: { text } }}
      done="Your result is on its way"
      ready={text.trim() !== ''}
      onDone={() => setText('')}
    >
      <TextField label="Result" lines={8} value={text} onChange={setText} maxLength={MAX_TEXT} required />
    </CommandDialog>
  );
}

function Message({ hiring, small }: ActionProps) {
  const [to, setTo] = useState('worker');
  const [text, setText] = useState('');
  return (
    <CommandDialog
      label="Message…"
      small={small}
      about={hiring.id}
      title="Send a message"
      consequence={
        to === 'worker'
          ? 'The worker reads it in the room of this hiring, which costs you model time.'
          : 'The hirer reads it on the marketplace, as said by your agent.'
      }
      confirm="Send"
      wish={{ does: 'POST /hirings/{id}/message', of: hiring.id, body: { to, text } }}
      done="The message is on its way"
      ready={text.trim() !== ''}
      onDone={() => setText('')}
    >
      <Choice
        label="To"
        value={to}
        onChange={setTo}
        options={[
          { value: 'worker', label: 'The worker' },
          { value: 'hirer', label: 'The hirer' },
        ]}
      />
      <TextField label="Text" lines={5} value={text} onChange={setText} maxLength={5_000} required />
    </CommandDialog>
  );
}

function Answer({ hiring, answer, small }: ActionProps & { readonly answer: 'yes' | 'no' }) {
  const { question = null } = useAnswer(['hiring', hiring.id], '/hirings/{id}', { of: hiring.id }).data ?? {};
  return (
    <CommandDialog
      label={answer === 'yes' ? 'Answer yes…' : 'Answer no…'}
      kind={answer === 'yes' ? 'primary' : 'plain'}
      small={small}
      about={hiring.id}
      title={answer === 'yes' ? 'Say yes to the worker?' : 'Say no to the worker?'}
      consequence={
        <>
          {question !== null && question.shownWhole && (
            <LongText text={question.text} label="Question of the worker" />
          )}
          {question !== null && !question.shownWhole && (
            <p>
              It asks in {question.characters.toLocaleString('en')} characters, too many to be shown here.
              Read it in the room of the worker: a yes has to be given there.
            </p>
          )}
          <p>
            {answer === 'yes'
              ? 'It then does what it asked for, and goes on.'
              : 'It then does without, and goes on.'}
          </p>
        </>
      }
      confirm={answer === 'yes' ? 'Yes' : 'No'}
      wish={{
        does: 'POST /hirings/{id}/answer',
        of: hiring.id,
        body: { answer, question: question?.eventId ?? '' },
      }}
      ready={question !== null && (answer === 'no' || question.shownWhole)}
      done="Your answer is on its way"
    />
  );
}

/** What the worker delivered, read when somebody is about to decide about it. */
function Delivered({ id }: { readonly id: string }) {
  const { result = null } = useNewestAttempt(id) ?? {};
  return result === null ? null : <LongText text={result.text} label="The result that waits" />;
}

function useNewestAttempt(id: string): Attempt | undefined {
  return useAnswer(['hiring', id], '/hirings/{id}', { of: id }).data?.attempts.at(-1);
}

/** What the operator can do with a hiring as it is now; the server says what that is. In a list, what decides about it. */
export function HiringActions({
  hiring,
  isListed = false,
}: {
  readonly hiring: HiringItem;
  readonly isListed?: boolean;
}) {
  const can = new Set(hiring.actions);
  if (can.size === 0) return null;
  const common = { hiring, small: isListed };
  return (
    <div className="actions" role="group" aria-label={`What you can do with ${hiring.id}`}>
      {can.has('answer') && (
        <>
          <Answer {...common} answer="yes" />
          <Answer {...common} answer="no" />
        </>
      )}
      {can.has('approve') && <Approve {...common} />}
      {can.has('retry') && <Retry {...common} />}
      {can.has('message') && !isListed && <Message {...common} />}
      {can.has('submit') && !isListed && <Submit {...common} />}
      {can.has('hold') && !isListed && (
        <CommandButton
          label="Hold"
          about={hiring.id}
          wish={{ does: 'POST /hirings/{id}/hold', of: hiring.id }}
          done="It is held until you let it go on"
          big
        />
      )}
      {can.has('fail') && <Fail {...common} />}
    </div>
  );
}

function price(hiring: HiringItem): string {
  return visibleText(moneyOfPrice(hiring.price));
}
