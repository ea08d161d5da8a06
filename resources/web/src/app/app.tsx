/** Which page an address shows, and who may see it. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import lazy, { ErrorBoundary } from "preact-iso/lazy";
import { LocationProvider, Route, Router, useLocation } from "preact-iso/router";
import { Shell } from "../components/shell.tsx";
import { CategoryPage, HomePage, MemberPage, SearchPage } from "../pages/library.tsx";
import { CrashPage, NotFoundPage, OfflinePage } from "../pages/states.tsx";
import { pageCode, pageCodeMissing } from "./page-code.ts";
import { me, phase, server, wasSignedOut } from "./session.ts";

/** The server's own addresses; a click on a link to them leaves the client. */
const OURS = /^\/(?!api\/|assets\/)/;

/** What the addresses of the pages hold. */
interface PageProps {
  path?: string;
  query?: Record<string, string>;
  id?: string;
  slug?: string;
  section?: string;
  token?: string;
}

/** A page whose code comes when it is first opened. */
function later<Name extends string>(name: Name, load: () => Promise<Record<Name, ComponentType<PageProps>>>) {
  return lazy(() => pageCode(load).then((module) => module[name]));
}

const LATER = {
  watch: later("WatchPage", () => import("../pages/watch.tsx")),
  upload: later("UploadPage", () => import("../pages/upload.tsx")),
  mine: later("MinePage", () => import("../pages/mine.tsx")),
  account: later("AccountPage", () => import("../pages/account.tsx")),
  admin: later("AdminPage", () => import("../pages/admin.tsx")),
  signin: later("SignInPage", () => import("../pages/sign-in.tsx")),
  join: later("JoinPage", () => import("../pages/join.tsx")),
  shared: later("SharedPage", () => import("../pages/shared.tsx")),
  reset: later("ResetPage", () => import("../pages/reset.tsx")),
  setup: later("SetupPage", () => import("../pages/setup.tsx")),
  docs: later("DocsPage", () => import("../pages/docs.tsx")),
};

/** Loads the code of the page at `path` already while the server is asked who is there. */
export function loadPageOf(path: string): void {
  const wanted = path.split("/")[1];
  void Object.entries(LATER)
    .find(([name]) => name === wanted)?.[1]
    .preload();
}

/** Sends whoever is not signed in to the sign-in page and back here afterwards. */
function membersOnly(Page: ComponentType<PageProps>) {
  return function MembersOnly(props: PageProps) {
    const { url, path, route } = useLocation();
    const allowed = me.value !== null;
    useEffect(() => {
      // This page stays until the code of the next one has come; by then the address is the next one's.
      if (!allowed && path !== "/signin")
        route(url === "/" ? "/signin" : `/signin?next=${encodeURIComponent(url)}`, true);
    }, [allowed, url]);
    return allowed ? <Page {...props} /> : null;
  };
}

const Home = membersOnly(HomePage);
const Category = membersOnly(CategoryPage);
const Search = membersOnly(SearchPage);
const Watch = membersOnly(LATER.watch);
const Upload = membersOnly(LATER.upload);
const Mine = membersOnly(LATER.mine);
const Member = membersOnly(MemberPage);
const Account = membersOnly(LATER.account);
const Admin = membersOnly(LATER.admin);

/** After a change of page the focus goes to its top, so that a screen reader starts there. */
function arrive(): void {
  dispatchEvent(new Event("clipset:navigated"));
  const active = document.activeElement;
  if (active?.matches("input, textarea, select")) return;
  document.getElementById("main")?.focus({ preventScroll: true });
}

function Pages() {
  const [crash, setCrash] = useState<unknown>(null);
  if (crash || pageCodeMissing.value) return <CrashPage />;
  return (
    <ErrorBoundary onError={setCrash}>
      <Router onRouteChange={arrive}>
        <Route path="/" component={Home} />
        <Route path="/category/:slug" component={Category} />
        <Route path="/search" component={Search} />
        <Route path="/watch/:id" component={Watch} />
        <Route path="/upload" component={Upload} />
        <Route path="/mine" component={Mine} />
        <Route path="/member/:id" component={Member} />
        <Route path="/account" component={Account} />
        <Route path="/admin/:section?" component={Admin} />
        <Route path="/signin" component={LATER.signin} />
        <Route path="/join/:token" component={LATER.join} />
        <Route path="/shared/:token" component={LATER.shared} />
        <Route path="/reset/:token" component={LATER.reset} />
        <Route path="/setup/:token" component={LATER.setup} />
        <Route path="/docs" component={LATER.docs} />
        <Route default component={NotFoundPage} />
      </Router>
    </ErrorBoundary>
  );
}

export function App() {
  const member = me.value?.id;
  useEffect(() => {
    if (member) wasSignedOut.value = false;
  }, [member]);
  return (
    <LocationProvider scope={OURS}>
      <Shell>{phase.value === "unreachable" || !server.value ? <OfflinePage /> : <Pages />}</Shell>
    </LocationProvider>
  );
}
