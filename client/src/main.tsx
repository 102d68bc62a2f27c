// Before the components, whose own styles build on these.
import './theme/fonts.css';
import './theme/base.css';
import './theme/controls.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadReader } from './api/activations-stream.ts';
import { Boundary } from './app/boundary.tsx';
import { Frame } from './app/frame.tsx';
import { watchPageErrors } from './app/page-errors.ts';
import { watchServer } from './app/server.ts';
import { keepCircuitInAddress } from './circuit/address-part.ts';
import { watchDownloads } from './models/follow-downloads.ts';
import { boot } from './prompt/boot.ts';
import { startTheme } from './theme/theme.ts';

watchPageErrors();
startTheme();
watchServer();
watchDownloads();
keepCircuitInAddress();
void boot();
// Not awaited: it arrives while the first request is under way.
void loadReader();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Boundary what="The page">
        <Frame />
      </Boundary>
    </StrictMode>,
  );
}
