/**
 * How far we know the worker is, weakest first. Each is recorded with its evidence (event id,
 * object, time) the first time it is seen.
 */
export const MILESTONES = [
  'stored',
  'staged',
  'sent',
  'seen',
  'acknowledged',
  'progressing',
  'submitted',
] as const;

export type MilestoneKind = (typeof MILESTONES)[number];

export interface Milestone {
  readonly kind: MilestoneKind;
  readonly atMs: number;
  /** What shows it: an event id, an object's name and version, a status. Never text from outside. */
  readonly evidence: string;
}
