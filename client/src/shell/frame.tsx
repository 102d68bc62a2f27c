import { useRoute } from '../stores/address/route.ts';
import { Boundary } from '../ui/boundary.tsx';
import type { Page } from '../ui/page.ts';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { Announcer } from './announcer-view.tsx';
import { CommandPalette } from './command-palette.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { useKeys } from './keys.ts';
import { Notices } from './notices.tsx';
import { PagesContext, usePages } from './pages-context.ts';
import { PromptBar } from './prompt-bar.tsx';
import { TopBar } from './top-bar.tsx';
import './frame.css';
import './print.css';

/** What every page shares: the bars on top, the page below, and what floats over them. */
function Layout() {
  const pages = usePages();
  const here = useRoute((route) => route.page);
  const Shown = (pages.find(({ id }) => id === here) ?? pages[0])?.component;
  useKeys();
  return (
    <>
      <div className="frame">
        <Boundary what="The top bar">
          <TopBar />
        </Boundary>
        <Boundary what="The prompt">
          <PromptBar />
        </Boundary>
        <Boundary what="The notices">
          <Notices />
        </Boundary>
        <main className="page" id="page">
          <Boundary what="This page" subject={here}>
            {Shown && <Shown />}
          </Boundary>
        </main>
      </div>
      <Boundary what="The command palette">
        <CommandPalette />
      </Boundary>
      <Boundary what="The list of keys">
        <KeyboardHelp />
      </Boundary>
      <Announcer />
    </>
  );
}

/** The whole window: `pages` in a frame. */
export function Frame({ pages }: { pages: readonly Page[] }) {
  return (
    <PagesContext value={pages}>
      <TooltipProvider>
        <Layout />
      </TooltipProvider>
    </PagesContext>
  );
}
