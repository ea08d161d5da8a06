/** One bar for work under way. `text` is what a screen reader says instead of the bare number. */

interface ProgressBarProps {
  /** 0 to 100. */
  percent: number;
  label: string;
  text: string;
  tone?: "work" | "good" | "bad" | "still";
}

export function ProgressBar({ percent, label, text, tone = "work" }: ProgressBarProps) {
  return (
    <div
      class={`progress progress-${tone}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(percent)}
      aria-valuetext={text}
    >
      <span style={{ transform: `scaleX(${percent / 100})` }} />
    </div>
  );
}
