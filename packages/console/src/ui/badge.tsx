import type { ReactNode } from 'react';
import { useReference } from '../api/reference.ts';
import { safeText } from '../text/safe-text.ts';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'off';

/** Of states that stand out; the other open ones are busy, the other ends are off. */
const TONES: Readonly<Record<string, Tone>> = { attention: 'warn', completed: 'good', failed: 'bad' };

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

/** The state of a hiring or of an attempt; a word that this page does not know is shown as it is. */
export function StateBadge({ state }: { readonly state: string }) {
  const isOpen = useReference().states.some(({ name, isEnd }) => name === state && !isEnd);
  return <Badge tone={TONES[state] ?? (isOpen ? 'busy' : 'off')}>{safeText(state)}</Badge>;
}
