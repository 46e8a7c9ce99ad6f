import { useState, type ReactNode } from 'react';
import { Button } from './button.tsx';

const STEP = 60;

/** A long list, some of it at first: hundreds of cards at once are slow, and nobody reads them. */
export function ShowMore<Item>({
  items,
  children,
}: {
  readonly items: readonly Item[];
  readonly children: (items: readonly Item[]) => ReactNode;
}) {
  const [limit, setLimit] = useState(STEP);
  return (
    <>
      {children(items.slice(0, limit))}
      {items.length > limit && (
        <div className="pager">
          <Button onClick={() => setLimit(limit + STEP)}>
            Show {Math.min(STEP, items.length - limit)} more
          </Button>
          <span className="dim">
            {limit} of {items.length.toLocaleString('en')} are shown
          </span>
        </div>
      )}
    </>
  );
}
