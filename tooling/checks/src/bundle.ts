import { cpSync, existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { BUILD_PAGE } from './page.ts';
import { runProgram } from './program.ts';
import { rootFolder } from './workspace.ts';

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string().default(''),
  license: z.string().default(''),
  engines: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** What a package says of itself in its package.json. */
export type Manifest = z.output<typeof manifestSchema>;

/** What an app is made of. */
export interface Parts {
  /** The names of our packages. */
  readonly ours: ReadonlySet<string>;
  /** The packages of the registry that ours import, by name, with the folder of each. */
  readonly registry: ReadonlyMap<string, string>;
}

const OURS = '@agrenting-hiclaw/';
/** Node reads the 178 KB of its package.json again for many of its hundred modules: a third of a second at every start. */
const BUNDLED: ReadonlySet<string> = new Set(['drizzle-orm']);

/**
 * Makes what runs of an app in `folder`: `dist/`, with our packages and drizzle bundled into it, and what it reads beside
 * that: migrations, the page where the app serves it, the skills that it brings. What it needs of the registry it imports.
 * `more` are programs that come into `dist/` beside `main.js`, under the names of their files.
 */
export async function bundleApp(app: string, folder: string, more: readonly string[] = []): Promise<void> {
  const { ours } = partsOf(app);
  const programs = [join(app, 'src', 'main.ts'), ...more];
  await build({
    entryPoints: programs.map((program) => ({ in: program, out: basename(program, '.ts') })),
    outdir: join(folder, 'dist'),
    bundle: true,
    // What a command does is loaded when it runs.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['agrenting-hiclaw-source'],
    logLevel: 'warning',
    plugins: [
      {
        name: 'registry-is-external',
        setup(bundler) {
          bundler.onResolve({ filter: /^[^./]/ }, ({ path }) =>
            isBundled(path) ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
  // Beside `dist`, where the store looks for them.
  cpSync(join(rootFolder, 'packages', 'store', 'migrations'), join(folder, 'migrations'), {
    recursive: true,
  });
  if (ours.has(`${OURS}console`)) {
    const page = await runProgram(BUILD_PAGE, { output: 'captured', signal: new AbortController().signal });
    if (!page.succeeded) throw new Error(page.output);
    // Where `consoleDirectory()` looks for it from inside the bundle.
    cpSync(join(rootFolder, 'packages', 'console', 'dist', 'page'), join(folder, 'dist', 'page'), {
      recursive: true,
    });
  }
  const skills = join(app, 'skills');
  if (existsSync(skills)) cpSync(skills, join(folder, 'skills'), { recursive: true });
}

/** Whether a package is in the bundle: named as it is imported, as `drizzle-orm/sqlite-core`. */
export function isBundled(name: string): boolean {
  return name.startsWith(OURS) || BUNDLED.has(name.split('/')[0] ?? '');
}

/** What the app in `folder` is made of, as it is installed there. */
export function partsOf(folder: string): Parts {
  const ours = new Set<string>();
  const registry = new Map<string, string>();
  const visit = (importer: string): void => {
    for (const name of Object.keys(manifestOf(importer).dependencies)) {
      const found = installed(importer, name);
      if (name.startsWith(OURS)) {
        if (ours.has(name)) continue;
        ours.add(name);
        visit(found);
      } else if (!isBundled(name)) {
        const other = registry.get(name);
        // In one bundle they would be one.
        if (other !== undefined && manifestOf(other).version !== manifestOf(found).version)
          throw new Error(`${name} is needed in two versions: ${other} and ${found}`);
        registry.set(name, found);
      }
    }
  };
  visit(realpathSync(folder));
  return { ours, registry };
}

/** The dependencies of a package.json: each at the version that is tested here. */
export function pinned({ registry }: Parts): Readonly<Record<string, string>> {
  const versions = [...registry].map(([name, folder]) => [name, manifestOf(folder).version] as const);
  return Object.fromEntries(versions.toSorted(([a], [b]) => a.localeCompare(b)));
}

/** What the package in `folder` says of itself. */
export function manifestOf(folder: string): Manifest {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  return manifestSchema.parse(JSON.parse(text));
}

/** The folder of a package that another one imports, found as Node finds it. */
function installed(importer: string, name: string): string {
  for (let folder = importer; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    if (existsSync(place)) return realpathSync(place);
    if (folder === dirname(folder)) throw new Error(`${name} is not installed for ${importer}`);
  }
}
