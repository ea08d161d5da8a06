/** Editing and deleting a video, asked in a dialog; used by the watch page and by "my videos". */
import { useEffect, useState } from "preact/hooks";
import { ApiError, api, type Video } from "../api/index.ts";
import { say, sayError } from "../app/toast.ts";
import { t } from "../i18n/index.ts";
import { categories, loadCategories, removeFromLists, replaceInLists } from "../videos/lists.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { problemOf, SelectField, TextArea, TextField } from "./field.tsx";

/** The choices of a category list, "none" first. */
export function categoryOptions() {
  return [
    { value: "", text: t("field.noCategory") },
    ...(categories.value ?? []).map((category) => ({ value: category.id, text: category.name })),
  ];
}

interface EditProps {
  video: Video;
  onSaved(video: Video): void;
  onClose(): void;
}

export function EditVideoDialog({ video, onSaved, onClose }: EditProps) {
  const [title, setTitle] = useState(video.title);
  const [description, setDescription] = useState(video.description);
  const [categoryId, setCategoryId] = useState(video.category_id ?? "");
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (!categories.value) void loadCategories();
  }, []);

  const save = async () => {
    setBusy(true);
    try {
      const saved = await api.changeVideo(video.id, {
        title: title.trim(),
        description,
        category_id: categoryId || null,
      });
      replaceInLists(saved);
      say(t("edit.done"));
      onSaved(saved);
      onClose();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("edit.title")} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField
          label={t("field.title")}
          required
          maxlength={200}
          value={title}
          onValue={setTitle}
          problem={problemOf(problem, "title")}
        />
        <TextArea
          label={t("field.description")}
          value={description}
          onValue={setDescription}
          problem={problemOf(problem, "description")}
        />
        <SelectField
          label={t("field.category")}
          value={categoryId}
          onValue={setCategoryId}
          options={categoryOptions()}
          problem={problemOf(problem, "category_id")}
        />
        <div role="alert">{problem && <p class="form-problem">{problem.message}</p>}</div>
        <div class="dialog-actions">
          <Button tone="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button tone="main" type="submit" disabled={busy || !title.trim()}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface DeleteProps {
  video: Video;
  onDeleted(): void;
  onClose(): void;
}

export function DeleteVideoDialog({ video, onDeleted, onClose }: DeleteProps) {
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    try {
      await api.deleteVideo(video.id);
      removeFromLists(video.id);
      say(t("delete.done"));
      onClose();
      onDeleted();
    } catch (error) {
      sayError(error);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("delete.title")} onClose={onClose}>
      <p dir="auto">{t("delete.text", { title: video.title })}</p>
      <div class="dialog-actions">
        <Button tone="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button tone="bad" icon="trash" disabled={busy} onClick={() => void remove()}>
          {t("action.delete")}
        </Button>
      </div>
    </Dialog>
  );
}
