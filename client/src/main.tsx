// Before the components, whose own styles build on these.
import './theme/fonts.css';
import './theme/base.css';
import './theme/controls.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadReader } from './api/activations-stream.ts';
import { PAGES } from './pages.ts';
import { boot } from './shell/boot.ts';
import { Frame } from './shell/frame.tsx';
import { followPrinting } from './shell/print.ts';
import { keepCircuitInAddress } from './stores/circuit/address-part.ts';
import { watchDownloads } from './stores/models/follow-downloads.ts';
import { watchPageErrors } from './stores/page-errors.ts';
import { watchServer } from './stores/server.ts';
import { startTheme } from './theme/theme.ts';
import { Boundary } from './ui/boundary.tsx';

watchPageErrors();
startTheme();
followPrinting();
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
        <Frame pages={PAGES} />
      </Boundary>
    </StrictMode>,
  );
}
