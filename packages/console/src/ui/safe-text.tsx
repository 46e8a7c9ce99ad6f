import { useMemo, useState } from 'react';
import { piecesOf, shortened, safeText } from '../text/safe-text.ts';
import { Button } from './button.tsx';

/** Text from outside, in a line: never markup, and what hides in it is shown by its code. */
export function SafeText({ text, limit = 300 }: { readonly text: string; readonly limit?: number }) {
  return (
    <bdi className="outside">
      {piecesOf(shortened(text, limit)).map((piece, index) =>
        piece.kind === 'plain' ? (
          piece.text
        ) : (
          // Pieces have no identity but their place.
          <span key={index} className="hidden-character" title={`${piece.code} ${piece.name}`}>
            {piece.code}
          </span>
        ),
      )}
    </bdi>
  );
}

const FIRST = 1_200;

/** Text from outside, as a block: lines stay, and what is long is shown whole only when wanted. */
export function LongText({ text, label }: { readonly text: string; readonly label: string }) {
  const [whole, setWhole] = useState(false);
  const limit = whole ? text.length : FIRST;
  return (
    <div className="long-text">
      <div className="prose" role="region" aria-label={label}>
        <SafeText text={text} limit={limit} />
      </div>
      {text.length > FIRST && (
        <Button small onClick={() => setWhole(!whole)} aria-expanded={whole}>
          {whole ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
        </Button>
      )}
    </div>
  );
}

/** Text from outside that somebody is to say yes to: all of it, however long, in a box of its own. */
export function FullText({ text, label }: { readonly text: string; readonly label: string }) {
  const shown = useMemo(() => <SafeText text={text} limit={text.length} />, [text]);
  return (
    <div className="long-text">
      <div className="prose" role="region" aria-label={label} tabIndex={0}>
        {shown}
      </div>
    </div>
  );
}

/** An id: short for the eye, whole in the title and for copying. */
export function Id({ id, whole = false }: { readonly id: string; readonly whole?: boolean }) {
  return (
    <code className="id" title={safeText(id)}>
      {safeText(whole ? id : shortened(id, 8))}
    </code>
  );
}
