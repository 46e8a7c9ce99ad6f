import type { ReactNode } from 'react';
import { safeText } from '../text/safe-text.ts';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'off';

const TONES: Readonly<Record<string, Tone>> = {
  received: 'busy',
  confirmed: 'busy',
  staged: 'busy',
  sent: 'busy',
  acknowledged: 'busy',
  submitted: 'busy',
  settling: 'busy',
  attention: 'warn',
  completed: 'good',
  failed: 'bad',
  cancelled: 'off',
  rejected: 'off',
};

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

/** The state of a hiring or of an attempt; a word that this page does not know is shown as it is. */
export function StateBadge({ state }: { readonly state: string }) {
  return <Badge tone={TONES[state] ?? 'off'}>{safeText(state)}</Badge>;
}
