import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // The page may be served under a path, by JupyterHub or another proxy that takes the path off.
  base: './',
  build: {
    target: 'es2023',
    // Fonts and pictures stay files: the page's policy allows nothing from `data:` but pictures.
    assetsInlineLimit: 0,
    // The polyfill is an inline script where it is needed, which no browser of this target does.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npm run dev` starts a server there. It is to see the host that the browser asked for: it answers
  // only pages of its own origin.
  server: {
    proxy: {
      '/api': { target: `http://127.0.0.1:${process.env.LOUPE_PORT || 4173}`, changeOrigin: false },
    },
  },
});
