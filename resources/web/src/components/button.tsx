/** Buttons and links that look like buttons. `tone` says how much a page is about it. */
import type { ComponentChildren, JSX } from "preact";
import type { IconName } from "../icons.ts";
import { Icon } from "./icon.tsx";

export type Tone = "main" | "plain" | "quiet" | "bad";

type Native = Omit<JSX.IntrinsicElements["button"], "class" | "icon" | "size">;

interface Looks {
  tone?: Tone;
  icon?: IconName;
  wide?: boolean;
  children: ComponentChildren;
}

const classes = (tone: Tone, wide: boolean) => `button button-${tone}${wide ? " button-wide" : ""}`;

export function Button({ tone = "plain", icon, wide = false, children, ...rest }: Looks & Native) {
  return (
    <button type="button" {...rest} class={classes(tone, wide)}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

interface LinkProps extends Looks {
  href: string;
  download?: boolean;
}

export function ButtonLink({ tone = "plain", icon, wide = false, children, ...rest }: LinkProps) {
  return (
    <a {...rest} class={classes(tone, wide)}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}

/** A button that is only a drawing; `label` is its name and its tooltip. */
export function IconButton({ icon, label, ...rest }: { icon: IconName; label: string } & Native) {
  return (
    <button type="button" {...rest} class="icon-button" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}
