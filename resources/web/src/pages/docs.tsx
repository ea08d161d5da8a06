/** The API for people who write programs: the server's own description of it, as a page to read. */
import "../styles/docs.css";
import { useEffect, useState } from "preact/hooks";
import { ApiError, api } from "../api/index.ts";
import { Button } from "../components/button.tsx";
import { PageState } from "../components/page-state.tsx";
import { useTitle } from "../components/use-title.ts";
import { type Description, type Group, groupsOf } from "../docs/description.ts";
import { ApiOperation } from "../docs/operation.tsx";
import { Words } from "../docs/words.tsx";
import { t } from "../i18n/index.ts";

function OperationGroup({ group, schemas }: { group: Group; schemas: Description["components"] }) {
  return (
    <section class="docs-group" id={group.name} aria-labelledby={`${group.name}-title`}>
      <h2 id={`${group.name}-title`}>{group.name}</h2>
      {group.description && (
        <p class="quiet">
          <Words text={group.description} />
        </p>
      )}
      <div class="docs-operations">
        {group.operations.map((operation) => (
          <ApiOperation key={operation.id} operation={operation} components={schemas} />
        ))}
      </div>
    </section>
  );
}

function Contents({ description }: { description: Description }) {
  const [words, setWords] = useState("");
  const groups = groupsOf(description, words);
  return (
    <div class="docs">
      <div class="docs-head">
        <h1>{t("docs.title")}</h1>
        <p class="quiet">
          {t("docs.version", { version: description.info.version })} ·{" "}
          <a href="/api/openapi.json" target="_blank" rel="noreferrer">
            {t("docs.raw")}
          </a>
        </p>
        {description.info.description.split("\n\n").map((paragraph) => (
          <p key={paragraph}>
            <Words text={paragraph} />
          </p>
        ))}
      </div>
      <input
        class="input docs-filter"
        type="search"
        value={words}
        aria-label={t("docs.filter")}
        placeholder={t("docs.filter")}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      {groups.map((group) => (
        <OperationGroup key={group.name} group={group} schemas={description.components} />
      ))}
      {groups.length === 0 && <p class="quiet">{t("docs.none")}</p>}
    </div>
  );
}

export function DocsPage() {
  useTitle(t("docs.title"));
  const [description, setDescription] = useState<Description | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const load = () => {
    setError(null);
    api.description().then(setDescription, (reason) => {
      if (!(reason instanceof ApiError)) throw reason;
      setError(reason);
    });
  };
  useEffect(load, []);
  if (description) return <Contents description={description} />;
  if (!error) return null;
  return (
    <PageState icon="network" title={t("docs.missing")} text={error.message}>
      <Button tone="main" icon="retry" onClick={load}>
        {t("action.retry")}
      </Button>
    </PageState>
  );
}
