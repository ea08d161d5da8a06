/** A field for one setting. What we have words for gets them; what a newer server adds gets its own name. */
import { useState } from "preact/hooks";
import type { ConfigValue } from "../api/admin.ts";
import { SelectField, Switch, TextField } from "../components/field.tsx";
import { dayName, formatBytes } from "../format.ts";
import { hasText, type TextKey, t } from "../i18n/index.ts";

interface SettingFieldProps {
  name: string;
  value: ConfigValue;
  /** As it is on the server: an empty value keeps its kind. */
  stored: ConfigValue;
  problem?: string | undefined;
  onValue(value: ConfigValue): void;
}

const MIB = 1024 ** 2;

/** "weekly_upload_limit" → "Weekly upload limit", for settings without words of ours. */
function humanise(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function wordsFor(name: string): { label: string; hint?: string } {
  const label = `setting.${name}`;
  const hint = `setting.${name}.hint`;
  return {
    label: hasText(label) ? t(label as "setting.server_name") : humanise(name),
    ...(hasText(hint) ? { hint: t(hint as TextKey & `setting.${string}.hint`) } : {}),
  };
}

/** The text of a list of words or numbers, and back. */
const sayList = (list: readonly (string | number)[]) => list.join(", ");

function readList(text: string, numbers: boolean): string[] | number[] {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  return numbers ? words.map(Number) : words.map((word) => word.toLowerCase());
}

export function SettingField({ name, value, stored, problem, onValue }: SettingFieldProps) {
  const words = { ...wordsFor(name), problem };
  // What is typed stays as typed: "1080," is on its way to "1080, 480".
  const [typed, setTyped] = useState<string | null>(null);

  if (name === "quota_reset_day") {
    return (
      <SelectField
        {...words}
        value={String(value)}
        onValue={(day) => onValue(Number(day))}
        options={Array.from({ length: 7 }, (_, day) => ({ value: String(day), text: dayName(day) }))}
      />
    );
  }
  if (typeof stored === "boolean") {
    return (
      <Switch checked={value === true} onChecked={onValue}>
        {words.label}
        {words.hint && <span class="field-hint">{words.hint}</span>}
      </Switch>
    );
  }
  if (Array.isArray(stored)) {
    const list = value as (string | number)[];
    const numbers = typeof stored[0] === "number" || name === "renditions";
    return (
      <TextField
        {...words}
        value={typed ?? sayList(list)}
        onValue={(text) => {
          setTyped(text);
          onValue(readList(text, numbers));
        }}
      />
    );
  }
  if (typeof stored === "number") {
    const unit = name.endsWith("_bytes") ? MIB : 1;
    const number = Number(value) / unit;
    return (
      <TextField
        {...words}
        label={unit === 1 ? words.label : `${words.label} (MB)`}
        hint={unit === 1 ? (words.hint ?? "") : formatBytes(Number(value))}
        value={typed ?? String(number)}
        onValue={(text) => {
          setTyped(text);
          const given = Number(text.replace(",", "."));
          if (text.trim() && Number.isFinite(given)) onValue(Math.round(given * unit));
        }}
      />
    );
  }
  return (
    <TextField
      {...words}
      value={value === null ? "" : String(value)}
      onValue={(text) => onValue(text === "" && stored === null ? null : text)}
    />
  );
}
