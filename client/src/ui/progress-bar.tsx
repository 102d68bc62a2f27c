import './progress-bar.css';

interface ProgressBarProps {
  /** What goes on, for screen readers. */
  label: string;
  /** 0 to 1; null while there is no telling. */
  share: number | null;
  /** How far it is in words, for screen readers; default the percentage. */
  words?: string;
}

/** A bar that fills. Assistive technology can ask it; it does not speak by itself. */
export function ProgressBar({ label, share, words }: ProgressBarProps) {
  return (
    <div
      className="progress-bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      aria-valuetext={words}
      data-unknown={share === null || undefined}
    >
      <div style={share === null ? undefined : { transform: `scaleX(${share})` }} />
    </div>
  );
}
