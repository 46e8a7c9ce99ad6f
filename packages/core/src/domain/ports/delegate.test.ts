import { expect, test } from 'vitest';
import { delegate, intercept } from './delegate.ts';

class Counter {
  #count = 0;
  readonly name = 'counter';

  async add(number: number): Promise<number> {
    this.#count += number;
    return await Promise.resolve(this.#count);
  }

  async count(): Promise<number> {
    return await Promise.resolve(this.#count);
  }
}

test('what is replaced is called instead, and everything else is passed on to the class', async () => {
  const counter = new Counter();
  const asked: number[] = [];
  const wrapped = delegate(counter, {
    add: async (number) => {
      asked.push(number);
      return await counter.add(number * 2);
    },
  });
  expect(await wrapped.add(2)).toBe(4);
  expect([asked, await wrapped.count(), wrapped.name]).toEqual([[2], 4, 'counter']);
});

test('every call goes through what stands around it, with what it gives and what it throws', async () => {
  const calls: (readonly unknown[])[] = [];
  const wrapped = intercept(new Counter(), async ({ method, given, proceed }) => {
    calls.push([method, ...given]);
    return await proceed();
  });
  expect([await wrapped.add(3), await wrapped.count(), wrapped.name]).toEqual([3, 3, 'counter']);
  expect(calls).toEqual([['add', 3], ['count']]);
  const failing = intercept(new Counter(), async () => await Promise.reject(new Error('no lease')));
  await expect(failing.count()).rejects.toThrow('no lease');
});
