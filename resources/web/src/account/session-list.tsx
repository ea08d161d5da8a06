/** The devices a member is signed in on, each of which can be signed out. */
import { useEffect, useState } from "preact/hooks";
import { api, type Session } from "../api/index.ts";
import { deviceOf } from "../app/device.ts";
import { say, sayError } from "../app/toast.ts";
import { Button } from "../components/button.tsx";
import { Icon } from "../components/icon.tsx";
import { formatAgo } from "../format.ts";
import { t } from "../i18n/index.ts";

export function SessionList() {
  const [sessions, setSessions] = useState<Session[]>([]);
  useEffect(() => {
    api.sessions().then((page) => setSessions(page.items), sayError);
  }, []);

  const end = async (session: Session, device: string) => {
    try {
      await api.endSession(session.id);
      setSessions((before) => before.filter((one) => one.id !== session.id));
      say(t("account.sessionEnded", { device }));
    } catch (error) {
      sayError(error);
    }
  };
  const endOthers = async () => {
    try {
      await api.endSessions("current");
      setSessions((before) => before.filter((one) => one.current));
      say(t("account.othersEnded"));
    } catch (error) {
      sayError(error);
    }
  };
  const others = sessions.filter((session) => !session.current).length;
  return (
    <>
      <ul class="sessions">
        {sessions.map((session) => {
          const device = deviceOf(session.user_agent);
          const seen = t("account.lastSeen", { when: formatAgo(session.last_seen_at) });
          return (
            <li key={session.id} class="panel-row">
              <Icon name={device.isPhone ? "phone" : "system"} size={24} />
              <div class="panel-words">
                <p>{device.name}</p>
                <p class="quiet">
                  {[session.current ? t("account.thisDevice") : seen, session.address]
                    .filter(Boolean)
                    .join(" · ")}
                </p>
              </div>
              {!session.current && (
                <Button
                  aria-label={t("account.endSessionOf", { device: device.name })}
                  onClick={() => void end(session, device.name)}
                >
                  {t("account.endSession")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {others > 1 && (
        <Button icon="signOut" onClick={() => void endOthers()}>
          {t("account.endOthers")}
        </Button>
      )}
    </>
  );
}
