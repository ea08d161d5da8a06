/** The settings that members feel, as the server lists them: a field for each by the type of its value. */
import { useEffect, useState } from "preact/hooks";
import { admin, type Config, type ConfigValue } from "../api/admin.ts";
import { ApiError } from "../api/index.ts";
import { say, sayError } from "../app/toast.ts";
import { Button } from "../components/button.tsx";
import { Form } from "../components/form.tsx";
import { PageState } from "../components/page-state.tsx";
import { t } from "../i18n/index.ts";
import { SettingField } from "./setting-field.tsx";

/** Who changed them and when is no setting. */
const NO_SETTINGS = ["updated_by", "updated_at"];

/** What differs from before; lists are compared by what they hold. Pure. */
export function changesOf(before: Config, after: Config): Config {
  return Object.fromEntries(
    Object.entries(after).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key])),
  );
}

export function SettingsSection() {
  const [stored, setStored] = useState<Config | null>(null);
  const [edited, setEdited] = useState<Config>({});
  const [problem, setProblem] = useState<ApiError | null>(null);
  const take = (config: Config) => {
    const settings = Object.fromEntries(Object.entries(config).filter(([key]) => !NO_SETTINGS.includes(key)));
    setStored(settings);
    setEdited(settings);
  };
  useEffect(() => {
    admin.config().then(take, (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    });
  }, []);
  if (!stored) return problem && <PageState icon="warning" level={2} title={problem.message} />;

  const save = async () => {
    take(await admin.changeConfig(changesOf(stored, edited)));
    say(t("edit.done"));
  };
  const resetQuotas = () =>
    admin.resetQuotas().then(({ members }) => say(t("admin.quotaReset", { count: members })), sayError);
  return (
    <div class="admin-settings">
      <Form label={t("admin.nav.settings")} submit={t("action.save")} onSubmit={save} onProblem={setProblem}>
        {Object.entries(edited).map(([key, value]) => (
          <SettingField
            key={key}
            name={key}
            value={value}
            stored={stored[key] ?? null}
            problem={problem?.fields.find((one) => one.field === key)?.detail}
            onValue={(changed: ConfigValue) => setEdited((before) => ({ ...before, [key]: changed }))}
          />
        ))}
      </Form>
      <section class="panel">
        <h2>{t("admin.quotaNow")}</h2>
        <p class="quiet">{t("admin.quotaNowText")}</p>
        <Button icon="retry" onClick={() => void resetQuotas()}>
          {t("admin.quotaNow")}
        </Button>
      </section>
    </div>
  );
}
