import { defineConfig } from 'vite';

export default defineConfig(({ command }) => {
  // A build under another NODE_ENV would get React's slow and large development version.
  if (command === 'build') process.env['NODE_ENV'] = 'production';
  return {
    root: import.meta.dirname,
    // Every address is relative, so that the page can be served under any path.
    base: './',
    build: {
      outDir: 'dist/page',
      emptyOutDir: true,
      target: 'es2024',
      // Nothing inlined: the policy of the page allows only its own files.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        // Libraries say which of their modules are for the browser; all of this page is.
        onLog: (level, log, warn) => {
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') warn(level, log);
        },
      },
    },
    server: { proxy: { '/api': 'http://127.0.0.1:8799' } },
  };
});
