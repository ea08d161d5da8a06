/** The menu behind the member's initial: own pages, colours, signing out. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { me, signOut } from "../app/session.ts";
import { chooseTheme, THEMES, theme } from "../app/theme.ts";
import { sayError } from "../app/toast.ts";
import { t } from "../i18n/index.ts";
import type { IconName } from "../icons.ts";
import { Icon } from "./icon.tsx";

const THEME_ICONS: Record<(typeof THEMES)[number], IconName> = {
  system: "system",
  light: "sun",
  dark: "moon",
};

export function ThemeChoice() {
  return (
    <fieldset class="segments" aria-label={t("account.theme")}>
      {THEMES.map((one) => (
        <button key={one} type="button" aria-pressed={theme.value === one} onClick={() => chooseTheme(one)}>
          <Icon name={THEME_ICONS[one]} />
          <span>{t(`account.theme.${one}`)}</span>
        </button>
      ))}
    </fieldset>
  );
}

export function AccountMenu() {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { url } = useLocation();
  const account = me.value;

  // In the same turn as what it belongs to: a key that comes before the next picture must find it.
  useLayoutEffect(() => setOpen(false), [url]);
  useLayoutEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    addEventListener("pointerdown", outside);
    addEventListener("focusin", outside);
    addEventListener("keydown", closeOnEscape);
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("focusin", outside);
      removeEventListener("keydown", closeOnEscape);
    };
  }, [open]);

  if (!account) return null;
  return (
    <div class="menu-root" ref={root}>
      <button
        ref={button}
        type="button"
        class="avatar"
        aria-label={t("app.menu")}
        title={account.username}
        aria-expanded={open}
        onClick={() => setOpen((isOpen) => !isOpen)}
      >
        {[...account.username][0]?.toUpperCase()}
      </button>
      {open && (
        <nav class="menu" aria-label={t("app.menu")}>
          <p class="menu-head">
            <strong>{account.username}</strong>
            <span>{account.email}</span>
          </p>
          <a href="/mine">
            <Icon name="mine" />
            {t("nav.mine.long")}
          </a>
          <a href="/account">
            <Icon name="user" />
            {t("nav.account")}
          </a>
          {account.role === "admin" && (
            <a href="/admin">
              <Icon name="settings" />
              {t("admin.title")}
            </a>
          )}
          <ThemeChoice />
          <button type="button" onClick={() => signOut().catch(sayError)}>
            <Icon name="signOut" />
            {t("action.signOut")}
          </button>
        </nav>
      )}
    </div>
  );
}
