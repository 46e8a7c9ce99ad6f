import { parseAttackers, parsePage, type Page } from './page.ts';

const rowsPerGroup = { A: 8, B: 9, C: 14, D: 3, E: 4, F: 2, G: 4 };

/** Every requirement that the marketplace's HiClaw page makes: A1 to A8, B1 to B9, ..., and H for what it only mentions. */
export const requiredRows: readonly string[] = [
  ...Object.entries(rowsPerGroup).flatMap(([group, count]) =>
    Array.from({ length: count }, (_, index) => `${group}${index + 1}`),
  ),
  'H',
];

/** Everybody who could attack. */
const attackers: readonly string[] = [
  'A hirer',
  'A worker',
  'Another worker with a key for shared storage',
  'The network',
  "A web page or another server on the operator's machine",
  'A viewer',
  'The marketplace, or somebody with the key of an agent',
  'The supply chain',
];

/** What a page has to say something of, and whether that is one row or several. */
export interface Requirements {
  readonly ids: readonly string[];
  readonly rows: 'one' | 'several';
}

/** A document that names tests. */
export interface NamingPage {
  /** Relative to the root folder. */
  readonly document: string;
  readonly parse: (markdown: string) => Page;
  readonly required: Requirements;
}

/** Every document whose tests have to exist and to pass. */
export const PAGES: readonly NamingPage[] = [
  { document: 'docs/adapter-page.md', parse: parsePage, required: { ids: requiredRows, rows: 'one' } },
  { document: 'docs/security.md', parse: parseAttackers, required: { ids: attackers, rows: 'several' } },
];
