import { ExamplesMenu } from './examples-menu.tsx';
import { ProgressLine } from './progress-line.tsx';
import { PromptBox } from './prompt-box.tsx';
import { RunSummary } from './run-summary.tsx';
import { SetsMenu } from './sets-menu.tsx';
import { ShareMenu } from './share-menu.tsx';
import './prompt-bar.css';

/** The bar with the prompt, on every page, because the prompt travels with the reader. */
export function PromptBar() {
  return (
    <section className="prompt-bar" aria-label="Prompt">
      <PromptBox />
      <div className="prompt-bar-end">
        <RunSummary />
        <SetsMenu />
        <ExamplesMenu />
        <ShareMenu />
      </div>
      <ProgressLine />
    </section>
  );
}
