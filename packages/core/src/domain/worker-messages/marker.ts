/** The words by which a worker says something of a task, the most final first (HiClaw reference, 2.4). */
export const MARKERS = ['TASK_COMPLETED', 'BLOCKED', 'QUESTION', 'PROGRESS'] as const;
export type Marker = (typeof MARKERS)[number];
