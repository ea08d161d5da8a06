/** What is around every page: top bar, bottom bar on phones, messages, the place to drop files. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { reachable } from "../api/index.ts";
import { me, phase, server } from "../app/session.ts";
import { formatPercent } from "../format.ts";
import { t } from "../i18n/index.ts";
import type { IconName } from "../icons.ts";
import { overallPercent } from "../uploads/store.ts";
import { AccountMenu } from "./account-menu.tsx";
import { DropZone } from "./drop-zone.tsx";
import { Icon } from "./icon.tsx";
import { SearchField } from "./search-field.tsx";
import { ToastRegion } from "./toast.tsx";

function Brand() {
  return (
    <a class="brand" href="/" aria-label={`${server.value?.name ?? "Clipset"}: ${t("nav.home")}`}>
      <span class="brand-mark">
        <Icon name="mark" size={24} />
      </span>
      <span class="brand-name">{server.value?.name}</span>
    </a>
  );
}

function UploadLink() {
  const percent = overallPercent.value;
  return (
    <a class={`button ${percent === null ? "button-main" : "button-plain"} upload-link`} href="/upload">
      <Icon name="upload" />
      <span>
        {percent === null ? t("nav.upload") : t("nav.uploading", { percent: formatPercent(percent) })}
      </span>
    </a>
  );
}

function TopBar() {
  return (
    <header class="top-bar">
      <Brand />
      {me.value && (
        <>
          <SearchField />
          <div class="top-bar-end">
            <UploadLink />
            <AccountMenu />
          </div>
        </>
      )}
    </header>
  );
}

const TABS: readonly {
  path: string;
  icon: IconName;
  text: "nav.home" | "nav.search" | "nav.upload" | "nav.mine";
}[] = [
  { path: "/", icon: "home", text: "nav.home" },
  { path: "/search", icon: "search", text: "nav.search" },
  { path: "/upload", icon: "upload", text: "nav.upload" },
  { path: "/mine", icon: "mine", text: "nav.mine" },
];

function BottomBar() {
  const { path } = useLocation();
  const percent = overallPercent.value;
  return (
    <nav class="bottom-bar" aria-label={t("app.nav")}>
      {TABS.map((tab) => (
        <a key={tab.path} href={tab.path} aria-current={path === tab.path ? "page" : undefined}>
          <Icon name={tab.icon} size={24} />
          <span>{tab.path === "/upload" && percent !== null ? formatPercent(percent) : t(tab.text)}</span>
        </a>
      ))}
    </nav>
  );
}

/** The banner waits a little: a single lost request is nobody's business. */
function OfflineBanner() {
  const [shown, setShown] = useState(false);
  // The whole page says it when there is nothing to show.
  const silent = !reachable.value && phase.value !== "unreachable";
  useEffect(() => {
    if (!silent) return setShown(false);
    const timer = setTimeout(setShown, 1000, true);
    return () => clearTimeout(timer);
  }, [silent]);
  return (
    <div role="status">
      {shown && (
        <p class="banner">
          <Icon name="network" />
          <span>{t("offline.banner")}</span>
        </p>
      )}
    </div>
  );
}

export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <div class={me.value ? "shell shell-member" : "shell"}>
      <a class="skip" href="#main">
        {t("app.skip")}
      </a>
      <TopBar />
      <OfflineBanner />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      {me.value && <BottomBar />}
      {me.value && <DropZone />}
      <ToastRegion />
    </div>
  );
}
