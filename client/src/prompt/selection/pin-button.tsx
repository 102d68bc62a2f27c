import { MAX_PINS } from '../../stores/prompt/state.ts';
import { usePrompt } from '../../stores/prompt/store.ts';

/** Pins a feature to the tracks, or takes it away. */
export function PinButton({ id, name, tabIndex }: { id: string; name: string; tabIndex: number }) {
  const pinned = usePrompt((state) => state.pinned.includes(id));
  const full = usePrompt((state) => state.pinned.length >= MAX_PINS);
  const togglePin = usePrompt((state) => state.togglePin);
  const disabled = full && !pinned;
  return (
    <button
      type="button"
      className="icon-button pin-button"
      aria-pressed={pinned}
      aria-label={`Pin feature ${name}`}
      title={disabled ? `${MAX_PINS} features are pinned already` : undefined}
      disabled={disabled}
      tabIndex={tabIndex}
      onClick={() => togglePin(id)}
    >
      <svg width={14} height={14} viewBox="0 0 14 14" aria-hidden="true">
        <path
          d="M4.6 1.5h4.8M5.4 1.7v4L3.6 8.2h6.8L8.6 5.7v-4M7 8.4v4.2"
          fill={pinned ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeWidth={1.3}
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      </svg>
    </button>
  );
}
