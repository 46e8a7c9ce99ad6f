import { Fragment } from 'react';
import type { Hiring } from '../api/schemas.ts';
import { safeText } from '../text/safe-text.ts';
import { SafeText, FullText } from '../ui/safe-text.tsx';
import { ResultFiles } from './result-files.tsx';

/** All that the worker is given of the hirer, and how it is delivered: what a yes lets begin. */
export function WaitingTask({ hiring }: { readonly hiring: Hiring }) {
  const { description, clientMessage, repoUrl, parameters, deliveryMode } = hiring;
  const texts = [
    ['Task', description],
    ['Message from the hirer', clientMessage],
    ['Repository', repoUrl],
    ['Further parameters', parameters],
  ] as const;
  return (
    <>
      {texts.map(
        ([label, text]) =>
          text !== null &&
          text !== '' && (
            <Fragment key={label}>
              <h3>{label}</h3>
              <FullText text={text} label={label} />
            </Fragment>
          ),
      )}
      <p>Delivery: {safeText(deliveryMode)}</p>
    </>
  );
}

/** What a yes would settle: the text, the summary, the remarks and the files that wait. */
export function WaitingResult({ hiring }: { readonly hiring: Hiring }) {
  const attempt = hiring.attempts.at(-1);
  const result = attempt?.result ?? null;
  const files = attempt?.files ?? [];
  return (
    <>
      {result === null ? (
        <p className="warn-text">The result is not stored here. Open it in the task folder.</p>
      ) : (
        <>
          <FullText text={result.text} label="The held result" />
          {result.summary !== '' && !result.text.startsWith(result.summary) && (
            <>
              <h3>Summary</h3>
              <FullText text={result.summary} label="Summary for the hirer" />
            </>
          )}
          {result.notes.map((note) => (
            <p key={note} className="dim">
              <SafeText text={note} />
            </p>
          ))}
        </>
      )}
      {files.length > 0 && <ResultFiles hiringId={hiring.id} files={files} />}
    </>
  );
}

/** What the worker waits with, whole; of what is too long, how long it is. */
export function WaitingQuestion({ hiring: { question } }: { readonly hiring: Hiring }) {
  if (question === null) return <p className="warn-text">The worker is no longer waiting for an answer.</p>;
  if (question.shownWhole) return <FullText text={question.text} label="Question from the worker" />;
  return (
    <p className="warn-text">
      It asks in {question.characters.toLocaleString('en')} characters, too many to be shown here. Read it in
      the room of the worker: a yes has to be given there.
    </p>
  );
}
