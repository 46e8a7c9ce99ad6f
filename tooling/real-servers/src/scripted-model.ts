import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { nextStep, type ModelStep } from './task-script.ts';

const content = z.union([
  z.string(),
  z.array(z.object({ type: z.string(), text: z.string().optional() })),
  z.null(),
]);
const requestSchema = z.object({
  model: z.string().default('scripted'),
  stream: z.boolean().default(false),
  stream_options: z.object({ include_usage: z.boolean().default(false) }).optional(),
  messages: z.array(z.object({ role: z.string(), content: content.optional() })),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).optional(),
});

/** One request that a worker made, in the words that the model was shown. */
export interface ModelRequest {
  readonly prompt: string;
  readonly step: ModelStep;
}

/** Looks at each step before it is answered, and may hold it back. */
export type Gate = (request: ModelRequest) => Promise<void>;

/**
 * An OpenAI-compatible endpoint on loopback. There is no model behind it: it follows a script, so that a task is done
 * with the tools that a worker really has. It keeps every prompt.
 */
export class ScriptedModel {
  readonly requests: ModelRequest[] = [];
  readonly url: string;
  readonly #close: () => Promise<void>;
  #gate: Gate = () => Promise.resolve();

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(): Promise<ScriptedModel> {
    const ready = Promise.withResolvers<ScriptedModel>();
    const app = new Hono();
    app.get('/v1/models', (context) =>
      context.json({ object: 'list', data: [{ id: 'scripted', object: 'model', owned_by: 'tests' }] }),
    );
    app.post('/v1/chat/completions', async (context) => {
      const request = requestSchema.parse(await context.req.json());
      const model = await ready.promise;
      const step = await model.answer(request);
      const head = {
        id: `chatcmpl-${randomUUID()}`,
        created: Math.floor(Date.now() / 1000),
        model: request.model,
      };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      const calls = step.calls.map((call) => ({
        id: `call_${randomUUID()}`,
        type: 'function',
        function: { name: call.tool, arguments: JSON.stringify(call.input) },
      }));
      const reason = calls.length > 0 ? 'tool_calls' : 'stop';
      if (!request.stream) {
        const message = {
          role: 'assistant',
          content: step.text,
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        };
        const choices = [{ index: 0, message, finish_reason: reason }];
        return context.json({ ...head, object: 'chat.completion', usage, choices });
      }
      const deltas = [
        { role: 'assistant', content: step.text },
        ...calls.map((call, index) => ({ tool_calls: [{ index, ...call }] })),
      ];
      const chunks: object[] = [
        ...deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] })),
        { choices: [{ index: 0, delta: {}, finish_reason: reason }] },
        ...(request.stream_options?.include_usage === true ? [{ choices: [], usage }] : []),
      ];
      return streamSSE(context, async (stream) => {
        for (const chunk of chunks) {
          await stream.writeSSE({
            data: JSON.stringify({ ...head, object: 'chat.completion.chunk', ...chunk }),
          });
        }
        await stream.writeSSE({ data: '[DONE]' });
      });
    });
    const { promise: listening, resolve } = Promise.withResolvers<number>();
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => resolve(port));
    const close = async (): Promise<void> =>
      await new Promise((done) => {
        server.close(() => done());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    const model = new ScriptedModel(`http://127.0.0.1:${await listening}/v1`, close);
    ready.resolve(model);
    return model;
  }

  /** What the next requests are shown to before they are answered. */
  gate(gate: Gate): void {
    this.#gate = gate;
  }

  async answer(request: z.output<typeof requestSchema>): Promise<ModelStep> {
    const messages = request.messages.map(({ role, content: said }) => ({ role, text: textOf(said) }));
    const tools = (request.tools ?? []).map((tool) => tool.function.name);
    const step = nextStep(messages, tools);
    const noted = { prompt: messages.map(({ role, text }) => `${role}: ${text}`).join('\n'), step };
    this.requests.push(noted);
    await this.#gate(noted);
    // A model takes its time, above all to think about what went wrong.
    if (/"ok": false|Command failed/.test(messages.at(-1)?.text ?? '')) await delay(1_000);
    return step;
  }

  async close(): Promise<void> {
    await this.#close();
  }
}

function textOf(said: z.output<typeof content> | undefined): string {
  if (said === undefined || said === null) return '';
  return typeof said === 'string' ? said : said.map(({ text = '' }) => text).join('\n');
}
