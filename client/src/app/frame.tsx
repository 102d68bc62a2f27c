import { Notices } from '../prompt/notices.tsx';
import { PromptBar } from '../prompt/prompt-bar.tsx';
import { Announcer } from './announcer-view.tsx';
import { Boundary } from './boundary.tsx';
import { CommandPalette } from './command-palette.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { useKeys } from './keys.ts';
import { PAGES } from './pages.tsx';
import { useRoute } from './router.ts';
import { TooltipProvider } from './tooltip.tsx';
import { TopBar } from './top-bar.tsx';
import './frame.css';

/** What every page shares: the bars on top, the page below, and what floats over them. */
export function Frame() {
  const here = useRoute((route) => route.page);
  const Page = (PAGES.find(({ id }) => id === here) ?? PAGES[0]).component;
  useKeys();
  return (
    <TooltipProvider>
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
            <Page />
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
    </TooltipProvider>
  );
}
