import { useState } from 'react';
import { useReference } from '../api/reference.ts';
import type { Hiring, HiringItem } from '../api/schemas.ts';
import { moneyOfPrice } from '../text/money.ts';
import { safeText } from '../text/safe-text.ts';
import { Choice } from '../ui/choice.tsx';
import { CommandDialog } from '../ui/command-dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { WaitingQuestion, WaitingResult, WaitingTask } from './decided-about.tsx';
import { HiringDialog } from './hiring-dialog.tsx';

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
    `The held result is sent to the hirer unchanged, and the escrow of ${price} is released to you. This cannot be undone.`,
  confirm: 'Approve the result',
  done: 'Result approved',
};
const WORK: Approval = {
  title: 'Approve this work?',
  consequence: (price) =>
    `The hiring is handed over to its worker, which costs model time. Its price is ${price}.`,
  confirm: 'Approve the work',
  done: 'Work approved',
};
const HOLD: Approval = {
  title: 'Release this hiring?',
  consequence: (price) =>
    `It continues from where it was held. A held result is settled, and the escrow of ${price} is released to you.`,
  confirm: 'Release',
  done: 'Hiring released',
};
const APPROVALS: Readonly<Record<string, Approval>> = { work: WORK, result: RESULT, hold: HOLD };

interface ActionProps {
  readonly hiring: HiringItem;
  readonly small: boolean;
}

/** The version of what is shown, which a decision names. */
const seen = ({ version }: Hiring) => ({ version });

function approvalOf({ needs }: Pick<HiringItem, 'needs'>): Approval {
  return APPROVALS[needs?.approves ?? 'result'] ?? RESULT;
}

function Approve({ hiring, small }: ActionProps) {
  const { title, confirm, done } = approvalOf(hiring);
  return (
    <HiringDialog
      hiring={hiring}
      small={small}
      label="Approve…"
      kind="primary"
      title={title}
      consequence={(shown) => (
        <>
          {shown.needs?.approves === 'work' ? (
            <WaitingTask hiring={shown} />
          ) : (
            <WaitingResult hiring={shown} />
          )}
          <p>{approvalOf(shown).consequence(price(shown))}</p>
        </>
      )}
      confirm={confirm}
      command="POST /hirings/{id}/approve"
      body={seen}
      // What waits may be another thing by now, and the words on the button would be wrong.
      ready={(shown) => shown.actions.includes('approve') && approvalOf(shown) === approvalOf(hiring)}
      done={done}
    />
  );
}

function Fail({ hiring, small }: ActionProps) {
  const [reason, setReason] = useState(USUAL_REASON);
  const { limits } = useReference();
  return (
    <HiringDialog
      hiring={hiring}
      small={small}
      label="Fail…"
      kind="danger"
      title="Report this hiring as failed?"
      consequence={(shown) => (
        <p>The hirer gets {price(shown)} back and you are not paid. This cannot be undone.</p>
      )}
      confirm="Report as failed"
      command="POST /hirings/{id}/fail"
      body={(shown) => ({ ...seen(shown), reason })}
      done="Failure submitted"
      ready={() => reason.trim() !== ''}
    >
      <TextField
        label="Reason, shown to the hirer"
        lines={3}
        value={reason}
        onChange={setReason}
        maxLength={limits.failureCharacters}
        required
      />
    </HiringDialog>
  );
}

function Retry({ hiring, small }: ActionProps) {
  return (
    <HiringDialog
      hiring={hiring}
      small={small}
      label="Retry…"
      title="Retry this hiring?"
      consequence={() => (
        <p>The worker is notified again under a new number and redoes the work, which costs model time.</p>
      )}
      confirm="Hand over again"
      command="POST /hirings/{id}/retry"
      body={seen}
      done="Handed over again"
    />
  );
}

function Hold({ hiring, small }: ActionProps) {
  return (
    <HiringDialog
      hiring={hiring}
      small={small}
      label="Hold…"
      title="Hold this hiring?"
      consequence={() => <p>Nothing is settled until you decide. The worker is not notified.</p>}
      confirm="Hold it"
      command="POST /hirings/{id}/hold"
      body={seen}
      done="It is held until you release it"
    />
  );
}

function Submit({ hiring, small }: ActionProps) {
  const [text, setText] = useState('');
  const { limits } = useReference();
  return (
    <HiringDialog
      hiring={hiring}
      small={small}
      label="Submit a result…"
      title="Settle with your own text?"
      consequence={(shown) => (
        <p>
          Your text goes to the hirer as the result, and the escrow of {price(shown)} is released to you. It
          cannot be taken back.
        </p>
      )}
      confirm="Submit as the result"
      command="POST /hirings/{id}/submit"
      body={(shown) => ({ ...seen(shown), text })}
      done="Result submitted"
      ready={() => text.trim() !== ''}
      onDone={() => setText('')}
    >
      <TextField
        label="Result"
        lines={8}
        value={text}
        onChange={setText}
        maxLength={limits.resultCharacters}
        required
      />
    </HiringDialog>
  );
}

function Message({ hiring, small }: ActionProps) {
  const [to, setTo] = useState('worker');
  const [text, setText] = useState('');
  const { limits } = useReference();
  return (
    <CommandDialog
      label="Message…"
      small={small}
      about={hiring.id}
      title="Send a message"
      consequence={
        to === 'worker'
          ? 'The worker reads it in the room of this hiring, which costs model time.'
          : 'The hirer reads it on the marketplace as a message from your agent.'
      }
      confirm="Send"
      request={{ command: 'POST /hirings/{id}/message', of: hiring.id, body: { to, text } }}
      done="Message sent"
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
      <TextField
        label="Text"
        lines={5}
        value={text}
        onChange={setText}
        maxLength={limits.messageCharacters}
        required
      />
    </CommandDialog>
  );
}

function Answer({ hiring, answer, small }: ActionProps & { readonly answer: 'yes' | 'no' }) {
  return (
    <HiringDialog
      hiring={hiring}
      small={small}
      label={answer === 'yes' ? 'Answer yes…' : 'Answer no…'}
      kind={answer === 'yes' ? 'primary' : 'plain'}
      title={answer === 'yes' ? 'Answer yes to the worker?' : 'Answer no to the worker?'}
      consequence={(shown) => (
        <>
          <WaitingQuestion hiring={shown} />
          <p>
            {answer === 'yes'
              ? 'The worker runs the command and continues.'
              : 'The worker continues without the command.'}
          </p>
        </>
      )}
      confirm={answer === 'yes' ? 'Yes' : 'No'}
      command="POST /hirings/{id}/answer"
      body={({ question }) => ({ answer, question: question?.eventId ?? '' })}
      ready={({ question }) => question !== null && (answer === 'no' || question.shownWhole)}
      done="Answer sent"
    />
  );
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
      {can.has('hold') && !isListed && <Hold {...common} />}
      {can.has('fail') && <Fail {...common} />}
    </div>
  );
}

function price(hiring: Pick<HiringItem, 'price'>): string {
  return safeText(moneyOfPrice(hiring.price));
}
