import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { consoleFolder, consoleNotice } from '../src/http/console-folder.ts';
import { admin, test } from './environment.ts';

const PAGE = '<!doctype html><title>A console</title>';
const SCRIPT = 'assets/index-D1bq_Xz9.js';

describe.concurrent('the console', () => {
  test('is served from the configured folder, under a strict policy, its hashed files cached indefinitely', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const folder = join(env.folder, 'console');
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(folder, 'index.html'), PAGE);
    await writeFile(join(folder, SCRIPT), 'export {};');
    await writeFile(join(env.folder, 'secret.json'), '{}');
    const app = await env.startApp({ admin: { ...admin, console: folder } });
    expect(app.notice).toBe(`the console is at ${app.adminUrl}/`);

    const page = await fetch(`${app.adminUrl}/`);
    expect(await page.text()).toBe(PAGE);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const policy = page.headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'self'", "script-src 'self'", "style-src 'self'"]),
    );
    expect(policy?.join()).not.toMatch(/unsafe|\*|https?:/);

    const script = await fetch(`${app.adminUrl}/${SCRIPT}`);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');

    for (const path of ['/assets/index-00000000.js', '/..%2fsecret.json', '/assets/..%2f..%2fsecret.json']) {
      expect([path, (await fetch(app.adminUrl + path)).status]).toEqual([path, 404]);
    }
  });

  test('does not start with a folder in which there is none, and says so', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await expect(env.startApp({ admin: { ...admin, console: env.folder } })).rejects.toMatchObject({
      problem: { where: 'admin.console', code: 'console_missing', folder: env.folder },
    });
  });

  test('is the one that comes with the release, or it is said what to do to have one', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    expect(consoleFolder(undefined, env.folder)).toBeUndefined();
    expect(consoleNotice('http://127.0.0.1:1', undefined)).toContain('run npm run build');
    await writeFile(join(env.folder, 'index.html'), PAGE);
    expect(consoleFolder(undefined, env.folder)).toBe(env.folder);
  });
});
