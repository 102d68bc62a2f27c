import { DropdownMenu } from 'radix-ui';
import { usePrompt } from '../stores/prompt/store.ts';
import { useExamples } from '../stores/prompt/use-examples.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';

/** Prompts that show something, to click. */
export function ExamplesMenu() {
  const examples = useExamples();
  const runNow = usePrompt((state) => state.runNow);
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="button"
          disabled={examples.length === 0}
          title={examples.length === 0 ? 'This model brings no examples' : undefined}
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
    </Menu>
  );
}
