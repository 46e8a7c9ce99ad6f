/**
 * The port with some of its methods replaced; every other one is passed on to it as it is, also where it is a class. A new method
 * of a port needs no line here or in what wraps it.
 */
export function delegate<Port extends object>(port: Port, replaced: Partial<Port>): Port {
  return new Proxy(port, {
    get(target, name) {
      const own: unknown = Reflect.get(replaced, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      // Private fields of a class are found on the class itself alone.
      if (typeof value !== 'function') return value;
      return (...given: readonly unknown[]): unknown => Reflect.apply(value, target, given);
    },
  });
}

/** One call of a port's method, on its way to it. */
export interface PortCall {
  /** The name of the method, as in code. */
  readonly method: string;
  /** What it is called with. */
  readonly given: readonly unknown[];
  readonly proceed: () => Promise<unknown>;
}

/**
 * The port with `around` between each call and the method: it awaits `proceed` and gives what that gave. For ports whose methods are
 * all asynchronous.
 */
export function intercept<Port extends object>(
  port: Port,
  around: (call: PortCall) => Promise<unknown>,
): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return async (...given: readonly unknown[]): Promise<unknown> =>
        await around({
          method: name,
          given,
          proceed: async () => {
            const outcome: unknown = await Reflect.apply(value, target, given);
            return outcome;
          },
        });
    },
  });
}
