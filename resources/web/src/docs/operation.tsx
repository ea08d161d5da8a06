/** One call of the API: a line to open, and below it what it takes and what it answers. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import {
  type Components,
  type Operation,
  type Parameter,
  resolve,
  resolveAnswer,
  type Schema,
  typeOf,
} from "./description.ts";
import { Words } from "./words.tsx";

interface Field {
  name: string;
  schema: Schema;
  required: boolean;
  place?: string;
  description?: string | undefined;
}

const WHO = {
  anyone: "docs.anyone",
  viewer: "docs.viewer",
  member: "docs.member",
  admin: "docs.admin",
} as const;

/** How deep structures in structures are unfolded. */
const DEEPEST = 2;

function Fields({ fields, components, depth }: { fields: Field[]; components: Components; depth: number }) {
  return (
    <ul class="docs-fields">
      {fields.map(({ name, schema, required, place, description }) => (
        <li key={`${place}-${name}`}>
          <p>
            <code class="docs-name">{name}</code> <span class="quiet">{typeOf(schema)}</span>
            {place && <span class="docs-note">{place}</span>}
            {required && <span class="docs-note">{t("docs.required")}</span>}
          </p>
          {(description ?? schema.description) && (
            <p class="quiet">
              <Words text={description ?? schema.description ?? ""} />
            </p>
          )}
          {depth < DEEPEST && <Nested schema={schema} components={components} depth={depth + 1} />}
        </li>
      ))}
    </ul>
  );
}

/** The fields of a structure, or of what a list holds; nothing for plain values. */
function Nested({ schema, components, depth }: { schema: Schema; components: Components; depth: number }) {
  const inner = resolve(schema.items ?? schema, components);
  const { properties, required = [] } = inner;
  if (!properties) return inner.enum && schema.$ref ? <p class="quiet">{typeOf(inner)}</p> : null;
  const fields = Object.entries(properties).map(([name, value]) => ({
    name,
    schema: value,
    required: depth === 0 && required.includes(name),
  }));
  return <Fields fields={fields} components={components} depth={depth} />;
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="docs-part">
      <h3>{title}</h3>
      {children}
    </div>
  );
}

function Details({ operation, components }: { operation: Operation; components: Components }) {
  const { parameters = [], requestBody, responses } = operation;
  return (
    <div class="docs-details">
      {parameters.length > 0 && (
        <Part title={t("docs.parameters")}>
          <Fields
            fields={parameters.map(({ in: place, ...rest }: Parameter) => ({ ...rest, place }))}
            components={components}
            depth={0}
          />
        </Part>
      )}
      {requestBody &&
        Object.entries(requestBody.content).map(([mediaType, { schema }]) => (
          <Part key={mediaType} title={t("docs.body")}>
            <p class="quiet">
              <code>{mediaType}</code>
            </p>
            {schema && <Nested schema={schema} components={components} depth={0} />}
          </Part>
        ))}
      <Part title={t("docs.answers")}>
        <ul class="docs-answers">
          {Object.entries(responses).map(([status, written]) => {
            const answer = resolveAnswer(written, components);
            const good = Number(status) < 300;
            return (
              <li key={status}>
                <p>
                  <span class={good ? "docs-status docs-status-good tabular" : "docs-status tabular"}>
                    {status}
                  </span>{" "}
                  <Words text={answer.description ?? ""} />
                  {good &&
                    Object.entries(answer.content ?? {}).map(([mediaType, { schema }]) => (
                      <span key={mediaType} class="docs-note">
                        {schema ? typeOf(schema) : mediaType}
                      </span>
                    ))}
                </p>
                {good &&
                  Object.values(answer.content ?? {}).map(
                    ({ schema }, index) =>
                      schema && <Nested key={index} schema={schema} components={components} depth={1} />,
                  )}
              </li>
            );
          })}
        </ul>
      </Part>
    </div>
  );
}

export function ApiOperation({ operation, components }: { operation: Operation; components: Components }) {
  const [opened, setOpened] = useState(false);
  const { id, method, path, summary } = operation;
  return (
    <details class="docs-operation" id={id} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>
        <span class={`docs-method docs-method-${method.toLowerCase()}`}>{method}</span>
        <code class="docs-path">{path}</code>
        <span class="docs-summary quiet">
          <Words text={summary} />
        </span>
        <span class="docs-access">{t(WHO[operation["x-access"]])}</span>
      </summary>
      {opened && <Details operation={operation} components={components} />}
    </details>
  );
}
