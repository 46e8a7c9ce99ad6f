import { z } from 'zod';

const list = z.array(z.string());
const settings = z.looseObject({
  channels: z.looseObject({
    matrix: z.looseObject({
      dm: z.looseObject({ allowFrom: list.optional() }).optional(),
      groupAllowFrom: list.optional(),
    }),
  }),
});

export type AllowListEdit =
  | { readonly kind: 'changed'; readonly text: string }
  /** It is so already. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Puts a Matrix id on both allow-lists of a worker's `openclaw.json`; all else stays (HiClaw reference, 3.5). */
export function allow(text: string, userId: string): AllowListEdit {
  return edit(text, (present) => (present.includes(userId) ? present : [...present, userId]));
}

/** Takes it off both. */
export function disallow(text: string, userId: string): AllowListEdit {
  return edit(text, (present) => present.filter((listed) => listed !== userId));
}

function edit(text: string, change: (present: readonly string[]) => readonly string[]): AllowListEdit {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', problem: 'it is no JSON' };
  }
  const parsed = settings.safeParse(value);
  if (!parsed.success) return { kind: 'unreadable', problem: 'it has no channels.matrix with sender lists' };
  const { channels } = parsed.data;
  const { matrix } = channels;
  const direct = matrix.dm?.allowFrom ?? [];
  const group = matrix.groupAllowFrom ?? [];
  const next = { direct: change(direct), group: change(group) };
  if (next.direct.length === direct.length && next.group.length === group.length)
    return { kind: 'unchanged' };
  const changed = {
    ...parsed.data,
    channels: {
      ...channels,
      matrix: { ...matrix, dm: { ...matrix.dm, allowFrom: next.direct }, groupAllowFrom: next.group },
    },
  };
  return { kind: 'changed', text: `${JSON.stringify(changed, undefined, 2)}\n` };
}
