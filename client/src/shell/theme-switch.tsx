import { type ThemeChoice, useTheme } from '../theme/theme.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuChoice } from '../ui/menu.tsx';

const CHOICES: readonly { value: ThemeChoice; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

/** Light, dark, or as the operating system has it. */
export function ThemeSwitch() {
  const { choice, scheme, choose } = useTheme();
  return (
    <Menu
      trigger={
        <button type="button" className="icon-button" aria-label="Theme">
          <Icon name={scheme === 'dark' ? 'moon' : 'sun'} />
        </button>
      }
    >
      <MenuChoice value={choice} onChange={choose} choices={CHOICES} />
    </Menu>
  );
}
