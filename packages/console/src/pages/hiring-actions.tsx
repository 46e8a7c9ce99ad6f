import { useState } from 'react';
import type { Hiring, HiringItem } from '../api/schemas.ts';
import { moneyOfPrice } from '../text/money.ts';
import { visibleText } from '../text/visible.ts';
import { Choice } from '../ui/choice.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import { CommandDialog } from '../ui/command-dialog.tsx';
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

export function Approve({
  hiring,
  small = false,
}: {
  readonly hiring: HiringItem;
  readonly small?: boolean;
}) {
  const { title, consequence, confirm, done } = APPROVALS[hiring.needs?.approves ?? 'result'] ?? RESULT;
  return (
    <CommandDialog
      label="Approve…"
      kind="primary"
      small={small}
      about={hiring.id}
      title={title}
      consequence={consequence(price(hiring))}
      confirm={confirm}
      wish={{ does: 'POST /hirings/{id}/approve', of: hiring.id }}
      done={done}
    />
  );
}

export function Fail({ hiring, small = false }: { readonly hiring: HiringItem; readonly small?: boolean }) {
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

function Retry({ hiring }: { readonly hiring: Hiring }) {
  return (
    <CommandDialog
      label="Retry…"
      about={hiring.id}
      title="Hand it over once more?"
      consequence="The worker is told again under a new number and does the work anew, which costs you model time."
      confirm="Hand over again"
      wish={{ does: 'POST /hirings/{id}/retry', of: hiring.id }}
      done="It is handed over again"
    />
  );
}

function Submit({ hiring }: { readonly hiring: Hiring }) {
  const [text, setText] = useState('');
  return (
    <CommandDialog
      label="Submit a result…"
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

function Message({ hiring }: { readonly hiring: Hiring }) {
  const [to, setTo] = useState('worker');
  const [text, setText] = useState('');
  return (
    <CommandDialog
      label="Message…"
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

function Answer({ hiring, answer }: { readonly hiring: Hiring; readonly answer: 'yes' | 'no' }) {
  const asked = hiring.attempts.at(-1)?.conversation?.question?.text;
  return (
    <CommandDialog
      label={answer === 'yes' ? 'Answer yes…' : 'Answer no…'}
      kind={answer === 'yes' ? 'primary' : 'plain'}
      about={hiring.id}
      title={answer === 'yes' ? 'Say yes to the worker?' : 'Say no to the worker?'}
      consequence={`${asked === undefined ? '' : `It asks: “${visibleText(asked)}” `}${
        answer === 'yes'
          ? 'It then does what it asked for, and goes on.'
          : 'It then does without, and goes on.'
      }`}
      confirm={answer === 'yes' ? 'Yes' : 'No'}
      wish={{ does: 'POST /hirings/{id}/answer', of: hiring.id, body: { answer } }}
      done="Your answer is on its way"
    />
  );
}

/** What the operator can do with a hiring as it is now; the server says what that is. */
export function HiringActions({ hiring }: { readonly hiring: Hiring }) {
  const can = new Set(hiring.actions);
  if (can.size === 0) return null;
  return (
    <div className="actions" role="group" aria-label="What you can do">
      {can.has('answer') && (
        <>
          <Answer hiring={hiring} answer="yes" />
          <Answer hiring={hiring} answer="no" />
        </>
      )}
      {can.has('approve') && <Approve hiring={hiring} />}
      {can.has('retry') && <Retry hiring={hiring} />}
      {can.has('message') && <Message hiring={hiring} />}
      {can.has('submit') && <Submit hiring={hiring} />}
      {can.has('hold') && (
        <CommandButton
          label="Hold"
          about={hiring.id}
          wish={{ does: 'POST /hirings/{id}/hold', of: hiring.id }}
          done="It is held until you let it go on"
          big
        />
      )}
      {can.has('fail') && <Fail hiring={hiring} />}
    </div>
  );
}

function price(hiring: HiringItem): string {
  return visibleText(moneyOfPrice(hiring.price));
}
