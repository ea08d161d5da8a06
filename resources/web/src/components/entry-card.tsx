/** The card in the middle of the page with which one comes in: sign in, join, set up. */
import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";

interface EntryCardProps {
  title: string;
  text?: string;
  children: ComponentChildren;
}

export function EntryCard({ title, text, children }: EntryCardProps) {
  return (
    <section class="entry">
      <span class="entry-mark">
        <Icon name="mark" size={40} />
      </span>
      <h1>{title}</h1>
      {text && <p class="quiet">{text}</p>}
      {children}
    </section>
  );
}
