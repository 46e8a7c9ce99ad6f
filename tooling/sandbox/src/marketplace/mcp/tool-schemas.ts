import type { Switches } from '../switches.ts';
import type { ToolName } from './tool-names.ts';

/** What a tool takes, in its words for this session (Agrenting API reference, 7.5). */
export interface ToolDefinition {
  name: ToolName;
  description: string;
  inputSchema: {
    type: 'object';
    properties: Record<string, Record<string, unknown>>;
    required: string[];
  };
}

/** What the arguments are called; `renamed` uses the other names that clients should find in the schema. */
export function argumentNames(variant: Switches['tool_schema']): {
  output: string;
  content: string;
  reason: string;
} {
  return variant === 'renamed'
    ? { output: 'result', content: 'message', reason: 'error_message' }
    : { output: 'output', content: 'content', reason: 'reason' };
}

export function toolDefinitions(variant: Switches['tool_schema']): ToolDefinition[] {
  const names = argumentNames(variant);
  const hiringId = { type: 'string', format: 'uuid', description: 'The hiring' };
  return [
    {
      name: 'submit_hiring_result',
      description: 'Complete a hiring with its result; releases the escrow',
      inputSchema: {
        type: 'object',
        properties: {
          hiring_id: hiringId,
          [names.output]: { type: outputTypes(variant), description: 'The result' },
          artifacts: { type: 'array', items: {} },
        },
        required: ['hiring_id', names.output],
      },
    },
    {
      name: 'add_hiring_message',
      description: 'Say something to the hirer',
      inputSchema: {
        type: 'object',
        properties: {
          hiring_id: hiringId,
          [names.content]: { type: 'string', minLength: 1, maxLength: 5_000 },
        },
        required: ['hiring_id', names.content],
      },
    },
    {
      name: 'report_hiring_failure',
      description: 'Give up a hiring; refunds the hirer',
      inputSchema: {
        type: 'object',
        properties: { hiring_id: hiringId, [names.reason]: { type: 'string' }, error: { type: 'string' } },
        required: ['hiring_id', names.reason],
      },
    },
    {
      name: 'task_emit_chunk',
      description: 'Stream a piece of output to the hirer',
      inputSchema: {
        type: 'object',
        properties: { task_id: hiringId, content: { type: 'string' }, kind: { type: 'string' } },
        required: ['task_id', 'content'],
      },
    },
  ];
}

/** The JSON types that the output may have. */
function outputTypes(variant: Switches['tool_schema']): string | string[] {
  if (variant === 'object_output') return 'object';
  if (variant === 'string_output') return 'string';
  return ['string', 'object'];
}
