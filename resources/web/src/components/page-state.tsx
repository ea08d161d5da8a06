/** A designed page for what is empty, missing, refused or offline: what happened, what to do, one button. */
import type { ComponentChildren } from "preact";
import type { IconName } from "../icons.ts";
import { Icon } from "./icon.tsx";

interface PageStateProps {
  icon: IconName;
  title: string;
  text?: string | undefined;
  /** The heading's rank: 1 where nothing else is on the page. */
  level?: 1 | 2;
  children?: ComponentChildren;
}

export function PageState({ icon, title, text, level = 1, children }: PageStateProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div class="page-state">
      <span class="page-state-icon">
        <Icon name={icon} size={40} />
      </span>
      <Heading class="page-state-title">{title}</Heading>
      {text && <p>{text}</p>}
      {children && <div class="page-state-action">{children}</div>}
    </div>
  );
}
