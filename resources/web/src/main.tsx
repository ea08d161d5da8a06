/** Starts the client: theme and language first, then the page, while the server is asked who we are. */
import "virtual:tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/parts.css";
import "./styles/shell.css";
import "./styles/videos.css";
import "./styles/forced-colors.css";
import { render } from "preact";
import { App, loadPageOf } from "./app/app.tsx";
import { keepFocus } from "./app/kept-focus.ts";
import { startLive } from "./app/live.ts";
import { keepScrollPlaces } from "./app/scroll.ts";
import { startSession, watchConnection } from "./app/session.ts";
import { startTheme } from "./app/theme.ts";
import { startLanguage } from "./i18n/index.ts";
import { installWorker } from "./offline/install.ts";
import { startVisits } from "./videos/visits.ts";

/** How long the page stays blank while the server does not answer; then it says so and goes on asking. */
const SILENCE_MS = 4000;

startTheme();
keepScrollPlaces();
keepFocus();
watchConnection();
startLive();
startVisits();
installWorker();
loadPageOf(location.pathname);
const root = document.getElementById("app");
if (!root) throw new Error("index.html has no #app");
const patience = new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
await Promise.all([startLanguage(), Promise.race([startSession(), patience])]);
render(<App />, root);
