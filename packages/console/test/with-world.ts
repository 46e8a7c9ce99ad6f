import { afterAll, afterEach, beforeAll } from 'vitest';
import { BrowserWorld } from './browser-world.ts';

/** A browser for the tests of a file; each fails whose pages go against their policy. */
export function withWorld(): { readonly world: BrowserWorld } {
  let world: BrowserWorld | undefined;
  beforeAll(async () => {
    world = await BrowserWorld.start();
  });
  afterEach(async () => {
    const wrong = (await world?.leave()) ?? [];
    if (wrong.length > 0) throw new Error(`The page went against its policy:\n${wrong.join('\n')}`);
  });
  afterAll(async () => await world?.close());
  return {
    get world() {
      if (world === undefined) throw new Error('The browser is there once tests run.');
      return world;
    },
  };
}
