import { useState } from 'react';
import type { Hiring, HiringItem } from '../api/schemas.ts';
import { moneyOfPrice } from '../text/money.ts';
import { visibleText } from '../text/visible.ts';
import { Choice } from '../ui/choice.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import { CommandDialog } from '../ui/command-dialog.tsx';
import { TextField } from '../ui/text-field.tsx';

const REASONS = [
  { value: 'other', label: 'Other' },
  { value: 'timeout', label: 'Took too long' },
  { value: 'capability_mismatch', label: 'Not what this agent does' },
  { value: 'agent_unresponsive', label: 'The worker does not answer' },
];
const MAX_TEXT = 20_000;

function pathOf(hiring: HiringItem, action: string): string {
  return `/hirings/${encodeURIComponent(hiring.id)}/${action}`;
}

export function Approve({
  hiring,
  small = false,
}: {
  readonly hiring: HiringItem;
  readonly small?: boolean;
}) {
  const what = hiring.needs?.approves === 'work' ? 'work' : 'result';
  return (
    <CommandDialog
      label="Approve…"
      kind="primary"
      small={small}
      about={hiring.id}
      title={what === 'work' ? 'Let the worker do this?' : 'Settle this result?'}
      consequence={
        what === 'work'
          ? `The hiring is handed to its worker, which costs you model time. Its price is ${price(hiring)}.`
          : `The held result goes to the hirer as it is, and the escrow of ${price(hiring)} is released to you. It cannot be taken back.`
      }
      confirm={what === 'work' ? 'Approve the work' : 'Approve the result'}
      wish={{ path: pathOf(hiring, 'approve') }}
      done={what === 'work' ? 'The work is approved' : 'The result is approved'}
    />
  );
}

export function Fail({ hiring, small = false }: { readonly hiring: HiringItem; readonly small?: boolean }) {
  const [reason, setReason] = useState('other');
  return (
    <CommandDialog
      label="Fail…"
      kind="danger"
      small={small}
      about={hiring.id}
      title="Report this hiring as failed?"
      consequence={`The hirer gets ${price(hiring)} back and you are paid nothing. It cannot be taken back.`}
      confirm="Report as failed"
      wish={{ path: pathOf(hiring, 'fail'), body: { reason } }}
      done="The failure is on its way"
    >
      <Choice label="Reason, which the hirer reads" value={reason} options={REASONS} onChange={setReason} />
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
      wish={{ path: pathOf(hiring, 'retry') }}
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
      wish={{ path: pathOf(hiring, 'submit'), body: { text } }}
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
      wish={{ path: pathOf(hiring, 'message'), body: { to, text } }}
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
  const question = hiring.attempts.at(-1)?.conversation?.question;
  const asked = typeof question === 'string' ? question : question?.text;
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
      wish={{ path: pathOf(hiring, 'answer'), body: { answer } }}
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
          wish={{ path: pathOf(hiring, 'hold') }}
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
