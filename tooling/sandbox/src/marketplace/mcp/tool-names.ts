/** The agent's tools (Agrenting API reference, 7.5). */
export const toolNames = [
  'submit_hiring_result',
  'add_hiring_message',
  'report_hiring_failure',
  'task_emit_chunk',
] as const;

export type ToolName = (typeof toolNames)[number];

export function isToolName(name: unknown): name is ToolName {
  return toolNames.some((known) => known === name);
}
