import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Frame } from './app/frame.tsx';
import { watchServer } from './app/server.ts';
import { boot } from './prompt/boot.ts';
import { startTheme } from './theme/theme.ts';
import './theme/fonts.css';
import './theme/base.css';
import './theme/controls.css';

startTheme();
watchServer();
void boot();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Frame />
    </StrictMode>,
  );
}
