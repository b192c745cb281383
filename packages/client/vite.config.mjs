import { defineConfig } from 'vite';

// One file for a `<script>` tag, with everything in it; it makes the global `Telemedicine`.
export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  resolve: { conditions: ['source', 'browser', 'module', 'import', 'default'] },
  build: {
    outDir: 'dist/browser',
    target: 'es2022',
    reportCompressedSize: false,
    lib: {
      entry: new URL('src/index.ts', import.meta.url).pathname,
      name: 'Telemedicine',
      formats: ['iife'],
      fileName: () => 'telemedicine-client.js',
    },
  },
});
