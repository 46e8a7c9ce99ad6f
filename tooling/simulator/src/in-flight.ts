/**
 * What was so when each request was sent. From then on nobody can hold it back: it may arrive much later, after others that
 * the same process sent about the same hiring since.
 */
export class InFlight<What> {
  readonly #whenSent = new WeakMap<object, What>();

  /** Notes what is so as a request is sent. Gives the request as this one sending of it, which is what arrives. */
  sends<Request extends object>(request: Request, what: What): Request {
    const sending = { ...request };
    this.#whenSent.set(sending, what);
    return sending;
  }

  /** What was so when a request that arrives was sent; undefined when nobody noted it. */
  whenSent(arriving: object): What | undefined {
    return this.#whenSent.get(arriving);
  }
}
