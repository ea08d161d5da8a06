/** Buttons and links that look like buttons. `tone` says how much a page is about it. */
import type { ComponentChildren, JSX } from "preact";
import type { IconName } from "../icons.ts";
import { Icon } from "./icon.tsx";

export type Tone = "main" | "plain" | "quiet" | "bad";

interface Native extends Omit<JSX.IntrinsicElements["button"], "class" | "icon" | "size" | "disabled"> {
  /** At work: it takes no click and keeps the focus, which a disabled one would lose. */
  busy?: boolean;
}

interface Looks {
  tone?: Tone;
  icon?: IconName;
  wide?: boolean;
  children: ComponentChildren;
}

const classes = (tone: Tone, wide: boolean) => `button button-${tone}${wide ? " button-wide" : ""}`;

/** The attributes of a button that may be at work. */
function native({ busy = false, onClick, ...rest }: Native): JSX.IntrinsicElements["button"] {
  const refuse = (event: Event) => event.preventDefault();
  return { type: "button", ...rest, "aria-disabled": busy || undefined, onClick: busy ? refuse : onClick };
}

export function Button({ tone = "plain", icon, wide = false, children, ...rest }: Looks & Native) {
  return (
    <button {...native(rest)} class={classes(tone, wide)}>
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
    <button {...native(rest)} class="icon-button" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}
