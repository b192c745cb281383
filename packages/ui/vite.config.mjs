import { defineConfig } from 'vite';

const entry = (name) => new URL(`src/${name}.ts`, import.meta.url).pathname;

// Packages of this clone are bundled from their sources. What is shared between entries is a file of
// its own, named after its content.
export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  resolve: { conditions: ['source', 'browser', 'module', 'import', 'default'] },
  build: {
    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        'telemedicine-ui': entry('index'),
        patient: entry('pages/patient'),
        doctor: entry('pages/doctor'),
        test: entry('pages/test'),
        ops: entry('pages/ops'),
      },
      preserveEntrySignatures: 'allow-extension',
      output: { entryFileNames: '[name].js', chunkFileNames: 'part-[hash].js' },
    },
  },
});
