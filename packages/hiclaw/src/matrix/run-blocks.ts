import { asksForApproval } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';

const RUN = 'org.agentteams.run';
/** Versions whose blocks are known; the blocks of another one may mean anything. */
const VERSIONS: ReadonlySet<unknown> = new Set([undefined, null, '0', '1']);
/** Of one message so many blocks are read. */
const MAX_BLOCKS = 1_000;

const envelope = z.object({ version: z.unknown().optional(), blocks: z.array(z.unknown()) });
const block = z.union([
  z.object({ type: z.literal('text'), text: z.string(), isStreaming: z.unknown().optional() }),
  z.object({ type: z.literal('text'), content: z.string(), isStreaming: z.unknown().optional() }),
  z.object({ type: z.literal('thinking'), content: z.string() }),
  z.object({ type: z.literal('tool_call'), tool_name: z.string().min(1) }),
  z.object({
    type: z.literal('confirmation'),
    tool_name: z.string().min(1),
    confirmation_id: z.string().min(1),
    parameters: z.string().optional().catch(undefined),
  }),
  z.object({ type: z.literal('error'), kind: z.enum(['cancelled', 'failed', 'quiet']), title: z.string() }),
]);
type Block = z.infer<typeof block>;

/** What a message says whose runtime tells apart what it is made of. */
export type RunText =
  /** Its worker's own words, or what its runtime says of the run, in the words that are read for it. */
  | { readonly kind: 'said'; readonly text: string }
  /** It is still being written, or holds nothing but thoughts and calls of tools. */
  | { readonly kind: 'work' };

/**
 * Reads the blocks of a run (HiClaw reference, "Since v1.2.3", 15): only those of text are said to anybody, and the body may hold
 * thoughts and the output of tools as well. Undefined where there are no blocks that are known: then the body counts.
 */
export function readRunBlocks(content: unknown, body: string): RunText | undefined {
  const value =
    typeof content === 'object' && content !== null
      ? Object.getOwnPropertyDescriptor(content, RUN)
      : undefined;
  const run = envelope.safeParse(value?.value).data;
  if (run === undefined || !VERSIONS.has(run.version)) return undefined;
  const blocks = run.blocks.slice(0, MAX_BLOCKS).flatMap((one): readonly Block[] => {
    const read = block.safeParse(one);
    return read.success ? [read.data] : [];
  });
  return blocks.length === 0 ? undefined : textOf(blocks, body);
}

function textOf(blocks: readonly Block[], body: string): RunText {
  const asked = blocks.find((one) => one.type === 'confirmation');
  if (asked !== undefined) {
    const { tool_name: tool, parameters = '' } = asked;
    return {
      kind: 'said',
      text: asksForApproval(body) ? body : `Waiting for approval\n\nTool: ${tool}\n${parameters}\n\n${body}`,
    };
  }
  const words = blocks.filter((one) => one.type === 'text');
  if (words.some(({ isStreaming }) => isStreaming === true)) return { kind: 'work' };
  if (words.length > 0) {
    return { kind: 'said', text: words.map((one) => ('text' in one ? one.text : one.content)).join('\n') };
  }
  const failed = blocks.find((one) => one.type === 'error' && one.kind === 'failed');
  // In the words of runtimes that are known to mean their model.
  return failed?.type === 'error'
    ? { kind: 'said', text: `Agent failed before reply: ${failed.title}` }
    : { kind: 'work' };
}
