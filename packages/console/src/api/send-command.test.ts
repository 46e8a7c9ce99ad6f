import { describe, expect, test } from 'vitest';
import { ApiProblem } from './client.ts';
import { CommandSender, freshId } from './send-command.ts';

const request = { command: 'POST /hirings/{id}/approve', of: '1' } as const;
const said = { problem: null, todo: null };
const lost = () => new ApiProblem(0, 'no answer', null);

function senderWith(...outcomes: readonly (Error | undefined)[]) {
  const ids: string[] = [];
  const left = [...outcomes];
  const sender = new CommandSender(
    async (_, commandId) => {
      ids.push(commandId);
      await Promise.resolve();
      const outcome = left.shift();
      if (outcome !== undefined) throw outcome;
      return said;
    },
    () => Promise.resolve(),
  );
  return { sender, ids };
}

describe('a command', () => {
  test('has another id each time', async () => {
    const { sender, ids } = senderWith();
    await sender.send(request);
    await sender.send(request);
    expect(new Set(ids).size).toBe(2);
  });

  test('of a double click is sent once', async () => {
    const { sender, ids } = senderWith();
    expect(await Promise.all([sender.send(request), sender.send(request)])).toEqual([said, undefined]);
    expect(ids).toHaveLength(1);
  });

  test('whose answer is lost is sent again under the same id', async () => {
    const { sender, ids } = senderWith(lost(), new ApiProblem(503, 'busy', null));
    await sender.send(request);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  test('that stays unanswered keeps its id for the next click', async () => {
    const { sender, ids } = senderWith(lost(), lost(), lost());
    await expect(sender.send(request)).rejects.toThrow('no answer');
    await sender.send(request);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(1);
  });

  test('that says something else is another command', async () => {
    const { sender, ids } = senderWith(lost(), lost(), lost());
    await expect(sender.send(request)).rejects.toThrow('no answer');
    await sender.send({ ...request, body: { reason: 'timeout' } });
    expect(new Set(ids).size).toBe(2);
  });

  test('that was refused is not repeated, and the next click is another', async () => {
    const { sender, ids } = senderWith(
      new ApiProblem(409, 'Cannot retry a hiring in state `submitted`.', null),
    );
    await expect(sender.send(request)).rejects.toThrow('Cannot retry');
    await sender.send(request);
    expect(new Set(ids).size).toBe(2);
  });
});

test('an id is a UUID where the browser makes none', () => {
  const made = Object.getOwnPropertyDescriptor(crypto, 'randomUUID');
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true, writable: true });
  try {
    expect(freshId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  } finally {
    if (made === undefined) Reflect.deleteProperty(crypto, 'randomUUID');
    else Object.defineProperty(crypto, 'randomUUID', made);
  }
});
