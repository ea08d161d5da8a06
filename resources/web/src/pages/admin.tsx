/** What an admin may do, in the browser: the same as in the desktop's window. A section for each address. */
import "../styles/admin.css";
import type { ComponentType } from "preact";
import { CategoriesSection } from "../admin/categories.tsx";
import { InvitationsSection } from "../admin/invitations.tsx";
import { OverviewSection } from "../admin/overview.tsx";
import { PeopleSection } from "../admin/people.tsx";
import { QueueSection } from "../admin/queue.tsx";
import { SettingsSection } from "../admin/settings.tsx";
import { me } from "../app/session.ts";
import { useCurrentInView } from "../components/chips.tsx";
import { useTitle } from "../components/use-title.ts";
import { type TextKey, t } from "../i18n/index.ts";
import { NotFoundPage } from "./states.tsx";

interface AdminSection {
  text: TextKey & `admin.nav.${string}`;
  Section: ComponentType;
}

const SECTIONS: Record<string, AdminSection> = {
  overview: { text: "admin.nav.overview", Section: OverviewSection },
  queue: { text: "admin.nav.queue", Section: QueueSection },
  people: { text: "admin.nav.people", Section: PeopleSection },
  invitations: { text: "admin.nav.invitations", Section: InvitationsSection },
  categories: { text: "admin.nav.categories", Section: CategoriesSection },
  settings: { text: "admin.nav.settings", Section: SettingsSection },
};

export function AdminPage({ section = "overview" }: { section?: string }) {
  const current = SECTIONS[section];
  useTitle(current ? t(current.text) : t("admin.title"));
  if (!current || me.value?.role !== "admin") return <NotFoundPage />;
  return <Admin section={section} current={current} />;
}

function Admin({ section, current }: { section: string; current: AdminSection }) {
  const row = useCurrentInView(section);
  const { Section } = current;
  return (
    <div class="admin">
      <h1>{t("admin.title")}</h1>
      <nav class="chips admin-nav" aria-label={t("admin.title")} ref={row}>
        {Object.entries(SECTIONS).map(([name, { text }]) => (
          <a
            key={name}
            class="chip"
            href={name === "overview" ? "/admin" : `/admin/${name}`}
            aria-current={name === section ? "page" : undefined}
          >
            {t(text)}
          </a>
        ))}
      </nav>
      <Section key={section} />
    </div>
  );
}
