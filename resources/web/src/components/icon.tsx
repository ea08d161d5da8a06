/** One drawing from our icon set. Says nothing to screen readers: the words beside it do. */
import { type IconName, icons } from "../icons.ts";

export function Icon({ name, size = 20 }: { name: IconName; size?: 16 | 20 | 24 | 40 }) {
  // The markup is our own files', put in by the build.
  return (
    <span class={`icon icon-${size}`} aria-hidden="true" dangerouslySetInnerHTML={{ __html: icons[name] }} />
  );
}
