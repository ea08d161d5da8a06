/** The whole client takes dropped files, and hands them to the upload page. */

import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { t } from "../i18n/index.ts";
import { droppedFiles } from "../uploads/store.ts";
import { Icon } from "./icon.tsx";

const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

export function DropZone() {
  const { route, path } = useLocation();
  const [over, setOver] = useState(false);

  useEffect(() => {
    // Every element under the pointer enters and leaves: only the balance says whether it is still over the page.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      depth -= 1;
      if (depth <= 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (holdsFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      droppedFiles.value = [...(event.dataTransfer?.files ?? [])];
      if (path !== "/upload") route("/upload");
    };
    addEventListener("dragenter", enter);
    addEventListener("dragleave", leave);
    addEventListener("dragover", hover);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragenter", enter);
      removeEventListener("dragleave", leave);
      removeEventListener("dragover", hover);
      removeEventListener("drop", drop);
    };
  }, [path, route]);

  if (!over) return null;
  return (
    <div class="drop-over" aria-hidden="true">
      <p>
        <Icon name="upload" size={40} />
        {t("upload.dropNow")}
      </p>
    </div>
  );
}
