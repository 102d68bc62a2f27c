import { DropdownMenu } from 'radix-ui';
import { useRecentPrompts } from '../stores/prompt/recent-prompts.ts';
import { usePrompt } from '../stores/prompt/store.ts';
import { useExamples } from '../stores/prompt/use-examples.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/menu.tsx';

/** Prompts to go to: those that show something, and those run before in this browser. */
export function ExamplesMenu() {
  const examples = useExamples();
  const prompts = useRecentPrompts((state) => state.prompts);
  const recent = prompts.filter((text) => !examples.some(({ prompt }) => prompt === text));
  const runNow = usePrompt((state) => state.runNow);
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="button"
          disabled={examples.length + recent.length === 0}
          title={
            examples.length + recent.length === 0 ? 'This model brings no examples' : undefined
          }
        >
          Examples
          <Icon name="down" size={12} />
        </button>
      }
    >
      {examples.map(({ title, prompt, note }) => (
        <DropdownMenu.Item
          key={title}
          className="menu-item stacked"
          onSelect={() => runNow({ prompt })}
        >
          <span>{title}</span>
          <span className="menu-note">{note ?? prompt}</span>
        </DropdownMenu.Item>
      ))}
      {recent.length > 0 && (
        <>
          {examples.length > 0 && <MenuLine />}
          <MenuLabel>run before</MenuLabel>
          {recent.map((prompt) => (
            <MenuItem key={prompt} onSelect={() => runNow({ prompt })}>
              <span className="recent-prompt">{prompt}</span>
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  );
}
