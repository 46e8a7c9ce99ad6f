import { z } from 'zod';
import type { HiringId } from '../../domain/index.ts';
import { outsideText } from '../outside-text.ts';

/** What one of the agent's tools is wanted for (Agrenting API reference, 7.5 and 6.6). */
export type ToolUse =
  /** `output` as it appears in a result by REST. */
  | {
      readonly kind: 'result';
      readonly hiringId: HiringId;
      readonly output: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'failure'; readonly hiringId: HiringId; readonly error: string; readonly reason: string }
  | { readonly kind: 'message'; readonly hiringId: HiringId; readonly content: string }
  | { readonly kind: 'chunk'; readonly hiringId: HiringId; readonly content: string }
  | { readonly kind: 'question'; readonly hiringId: HiringId; readonly content: string };

export type ToolOutcome =
  /** It says so; `document` is what its text holds, where that is JSON. Whether it did so is for a read to show. */
  | { readonly kind: 'done'; readonly document?: unknown }
  /** The session does not offer such a tool. */
  | { readonly kind: 'missing' }
  /** The tool answered with an error. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** There is no session: nothing was sent. */
  | { readonly kind: 'unavailable'; readonly problem: string }
  /** It was sent and there was no answer. */
  | { readonly kind: 'unknown'; readonly problem: string };

/** A tool as a session offers it. */
export interface OfferedTool {
  readonly name: string;
  /** The types of its arguments by their names; empty for what the schema does not say. */
  readonly properties: ReadonlyMap<string, readonly string[]>;
}

const listed = z.object({
  tools: z.array(z.unknown()).catch([]),
});
const tool = z.object({
  name: z.string(),
  inputSchema: z
    .object({ properties: z.record(z.string(), z.unknown()).catch({}) })
    .catch({ properties: {} }),
});
const property = z.object({
  type: z.union([z.string().transform((type) => [type]), z.array(z.string())]).catch([]),
});

/** The tools in an answer to `tools/list`; what cannot be read is left out. */
export function offeredTools(answer: unknown): readonly OfferedTool[] {
  return (listed.safeParse(answer).data?.tools ?? []).flatMap((item) => {
    const parsed = tool.safeParse(item).data;
    if (parsed === undefined) return [];
    const properties = Object.entries(parsed.inputSchema.properties).map(
      ([name, schema]) => [name, property.safeParse(schema).data?.type ?? []] as const,
    );
    return [{ name: parsed.name, properties: new Map(properties) }];
  });
}

const NAMES: Readonly<Record<Exclude<ToolUse['kind'], 'question'>, string>> = {
  result: 'submit_hiring_result',
  failure: 'report_hiring_failure',
  message: 'add_hiring_message',
  chunk: 'task_emit_chunk',
};
/** How a tool to ask the hirer is called is not documented; one to answer is the hirer's (Agrenting API reference, 6.6). */
const QUESTION_TOOL = /^(?!.{0,100}answer)(?:ask|add|create|post|raise|open).{0,100}question/i;

export interface ToolCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

/** The call for a use, its arguments named and typed as the tool wants them; undefined when no tool is for that. */
export function toolCall(use: ToolUse, tools: readonly OfferedTool[]): ToolCall | undefined {
  const found = tools.find(({ name }) =>
    use.kind === 'question' ? QUESTION_TOOL.test(name) : name === NAMES[use.kind],
  );
  if (found === undefined) return undefined;
  const { name, properties } = found;
  const named = (...candidates: readonly [string, ...string[]]): string =>
    candidates.find((each) => properties.has(each)) ?? candidates[0];
  const id = {
    [named(use.kind === 'chunk' ? 'task_id' : 'hiring_id', 'hiring_id', 'task_id', 'id')]: use.hiringId,
  };
  switch (use.kind) {
    case 'result': {
      const output = named('output', 'result', 'task_output');
      // Every documented example gives text; what else there is goes along where an object is taken.
      const takesObject = properties.get(output)?.includes('object') === true;
      return { name, arguments: { ...id, [output]: takesObject ? use.output : String(use.output['text']) } };
    }
    case 'failure': {
      const reason = named('reason', 'error', 'error_message');
      const both = reason === 'reason' && properties.has('error');
      return {
        name,
        arguments: both ? { ...id, reason: use.reason, error: use.error } : { ...id, [reason]: use.error },
      };
    }
    case 'message':
    case 'question':
      return { name, arguments: { ...id, [named('content', 'message', 'text', 'question')]: use.content } };
    case 'chunk': {
      const kind = properties.has('kind') ? { kind: 'progress' } : {};
      return { name, arguments: { ...id, [named('content', 'chunk', 'text')]: use.content, ...kind } };
    }
  }
}

const toolResult = z.object({
  isError: z.boolean().optional(),
  content: z.array(z.object({ text: z.string().optional() })).catch([]),
});

/** What an answer to `tools/call` says (Agrenting API reference, 7.5). */
export function toolOutcome(answer: unknown): ToolOutcome {
  const parsed = toolResult.safeParse(answer).data;
  const said = (parsed?.content ?? []).map(({ text = '' }) => text).join(' ');
  if (parsed?.isError !== true) return { kind: 'done', document: documentIn(said) };
  return UNKNOWN_TOOL.test(said) ? { kind: 'missing' } : { kind: 'refused', problem: outsideText(said) };
}

/** How the SDKs' servers say that they have no such tool; nothing came of the call. */
const UNKNOWN_TOOL = /^(?:MCP error -?\d{1,6}: ?)?(?:unknown tool\b|tool \S{1,100} not found\b)/i;

/** True for an error of the protocol that says the same (MCP, tools: error handling). */
export function isUnknownTool(code: number, message: string): boolean {
  // theirs: of the SDKs' servers
  return code === METHOD_NOT_FOUND || UNKNOWN_TOOL.test(message);
}

const METHOD_NOT_FOUND = -32_601;

function documentIn(text: string): unknown {
  try {
    const document: unknown = JSON.parse(text);
    return document;
  } catch {
    return undefined;
  }
}

const promptResult = z.object({
  messages: z.array(z.object({ content: z.union([z.string(), z.object({ text: z.string() })]) })).catch([]),
});

/** The text of an answer to `prompts/get`; undefined when there is none. */
export function promptText(answer: unknown): string | undefined {
  const messages = promptResult.safeParse(answer).data?.messages ?? [];
  const texts = messages.map(({ content }) => (typeof content === 'string' ? content : content.text));
  const text = texts.join('\n\n').trim();
  return text === '' ? undefined : text;
}
