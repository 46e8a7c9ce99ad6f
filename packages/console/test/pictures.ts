// The pictures of docs/console.md that show many hirings, regenerated: node test/pictures.ts; npm run test:real makes the others.
import { join } from 'node:path';
import { BrowserWorld, go } from './browser-world.ts';
import { idAt } from './fake-data.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'console');
const world = await BrowserWorld.start();
try {
  for (const [name, path, colorScheme, width, height] of [
    ['hiring', `hirings/${idAt(6)}`, 'light', 1180, 820],
    ['hirings-dark', 'hirings', 'dark', 1180, 620],
    ['attention-phone', 'attention', 'light', 360, 720],
  ] as const) {
    const { page } = await world.enter(path, { colorScheme, viewport: { width, height } });
    // Where the mouse was for the login.
    await page.mouse.move(0, 0);
    await go(page, path);
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
    await world.leave();
  }
} finally {
  await world.close();
}
