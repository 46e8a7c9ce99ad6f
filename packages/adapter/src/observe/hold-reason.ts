import type { Attention, AttentionReason } from '@agrenting-hiclaw/core/domain';

/** Why a result waits or was failed, as few words as a label may have. */
export type HoldReason =
  | AttentionReason['code']
  | 'empty'
  | 'credential'
  | 'placeholder'
  | 'echo'
  | 'nothing_to_push'
  | 'too_large'
  | 'approval'
  | 'failed'
  | 'unclear';

/** What has no code yet, by how the gate says it; a test holds the two together. */
const BEGINNINGS: readonly (readonly [RegExp, HoldReason])[] = [
  [/^the result is held: the result is empty/, 'empty'],
  [/^the result is held: .{0,500}seems to hold /s, 'credential'],
  [/^the result is held: the result is a placeholder/, 'placeholder'],
  [/^the result is held: the result only repeats/, 'echo'],
  [/^the result is held: it holds no change\./, 'nothing_to_push'],
  [/^the result is held: .{0,500}is larger than /s, 'too_large'],
  [/^the result is held/, 'unclear'],
  [/^the result waits for your yes/, 'approval'],
];

/** Undefined where it is not the gate that asks for a person. */
export function holdReasonOf({ reason, why }: Pick<Attention, 'reason' | 'why'>): HoldReason | undefined {
  if (reason !== undefined) return reason.code;
  return BEGINNINGS.find(([beginning]) => beginning.test(why))?.[1];
}
