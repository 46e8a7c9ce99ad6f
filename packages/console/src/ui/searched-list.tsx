import type { ReactNode } from 'react';
import { goTo, hrefOf } from '../route.ts';
import { Empty } from './query-view.tsx';
import { Choice } from './choice.tsx';
import { ShowMore } from './show-more.tsx';
import { TextField } from './text-field.tsx';

/** A kind of items that can be shown alone. */
export interface Kind<Item> {
  readonly value: string;
  readonly label: string;
  readonly isOne: (item: Item) => boolean;
}

interface SearchedListProps<Item> {
  readonly items: readonly Item[];
  /** The page that it stands on, and what of its address says what is looked for. */
  readonly page: string;
  readonly query: URLSearchParams;
  /** The name in the address, and that above the choice, of the kind that is shown. */
  readonly choice: { readonly name: string; readonly label: string; readonly all: string };
  readonly kinds: readonly Kind<Item>[];
  readonly placeholder: string;
  /** What is searched. */
  readonly textOf: (item: Item) => string;
  /** The order in which they are shown. */
  readonly compare: (one: Item, other: Item) => number;
  /** What is said, and the link to all of them, where none is like that. */
  readonly none: { readonly title: string; readonly all: string };
  readonly children: (items: readonly Item[]) => ReactNode;
}

/** Items that are all here, searched by their words and by their kind; the address holds what is chosen. */
export function SearchedList<Item>({
  items,
  page,
  query,
  choice,
  kinds,
  placeholder,
  textOf,
  compare,
  none,
  children,
}: SearchedListProps<Item>) {
  const q = query.get('q') ?? '';
  const wanted = query.get(choice.name) ?? '';
  const change = (name: string, value: string): void =>
    goTo(hrefOf(page, { q, [choice.name]: wanted, [name]: value }), 'replace');
  const kind = kinds.find(({ value }) => value === wanted);
  const shown = items
    .filter((item) => textOf(item).toLowerCase().includes(q.trim().toLowerCase()))
    .filter((item) => wanted === '' || kind?.isOne(item) === true)
    .toSorted(compare);
  return (
    <>
      <search className="filters two">
        <TextField
          label="Search"
          type="search"
          value={q}
          onChange={(value) => change('q', value)}
          placeholder={placeholder}
          maxLength={200}
        />
        <Choice
          label={choice.label}
          value={wanted}
          onChange={(value) => change(choice.name, value)}
          options={[
            { value: '', label: `${choice.all} (${items.length})` },
            ...kinds.map(({ value, label, isOne }) => ({
              value,
              label: `${label} (${items.filter(isOne).length})`,
            })),
          ]}
        />
      </search>
      {shown.length === 0 ? (
        <Empty title={none.title}>
          <a href={hrefOf(page)}>{none.all}</a>
        </Empty>
      ) : (
        <ShowMore items={shown}>{children}</ShowMore>
      )}
    </>
  );
}
