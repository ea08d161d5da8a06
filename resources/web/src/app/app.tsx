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

const WatchPage = lazy(() => pageCode(() => import("../pages/watch.tsx")).then((module) => module.WatchPage));
const UploadPage = lazy(() =>
  pageCode(() => import("../pages/upload.tsx")).then((module) => module.UploadPage),
);
const MinePage = lazy(() => pageCode(() => import("../pages/mine.tsx")).then((module) => module.MinePage));
const AccountPage = lazy(() =>
  pageCode(() => import("../pages/account.tsx")).then((module) => module.AccountPage),
);
const SignInPage = lazy(() =>
  pageCode(() => import("../pages/sign-in.tsx")).then((module) => module.SignInPage),
);
const JoinPage = lazy(() => pageCode(() => import("../pages/join.tsx")).then((module) => module.JoinPage));
const SetupPage = lazy(() => pageCode(() => import("../pages/setup.tsx")).then((module) => module.SetupPage));
const SharedPage = lazy(() =>
  pageCode(() => import("../pages/shared.tsx")).then((module) => module.SharedPage),
);
const ResetPage = lazy(() => pageCode(() => import("../pages/reset.tsx")).then((module) => module.ResetPage));
const AdminPage = lazy(() => pageCode(() => import("../pages/admin.tsx")).then((module) => module.AdminPage));
const DocsPage = lazy(() => pageCode(() => import("../pages/docs.tsx")).then((module) => module.DocsPage));

/** The server's own addresses; a click on a link to them leaves the client. */
const OURS = /^\/(?!api\/|assets\/)/;

/** What the addresses of the pages hold. */
interface PageProps {
  path?: string;
  query?: Record<string, string>;
  id?: string;
  slug?: string;
  section?: string;
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
const Watch = membersOnly(WatchPage);
const Upload = membersOnly(UploadPage);
const Mine = membersOnly(MinePage);
const Member = membersOnly(MemberPage);
const Account = membersOnly(AccountPage);
const Admin = membersOnly(AdminPage);

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
        <Route path="/signin" component={SignInPage} />
        <Route path="/join/:token" component={JoinPage} />
        <Route path="/shared/:token" component={SharedPage} />
        <Route path="/reset/:token" component={ResetPage} />
        <Route path="/setup/:token" component={SetupPage} />
        <Route path="/docs" component={DocsPage} />
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
