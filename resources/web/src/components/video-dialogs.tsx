/** Editing and deleting a video, asked in a dialog; used by the watch page and by "my videos". */
import { useEffect, useState } from "preact/hooks";
import { type ApiError, api, type Video } from "../api/index.ts";
import { say } from "../app/toast.ts";
import { t } from "../i18n/index.ts";
import { categories, loadCategories, removeFromLists, replaceInLists } from "../videos/lists.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { Dialog } from "./dialog.tsx";
import { problemOf, SelectField, TextArea, TextField } from "./field.tsx";
import { Form } from "./form.tsx";

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
  useEffect(() => {
    if (!categories.value) void loadCategories();
  }, []);

  const save = async () => {
    const saved = await api.changeVideo(video.id, {
      title: title.trim(),
      description,
      category_id: categoryId || null,
    });
    replaceInLists(saved);
    say(t("edit.done"));
    onSaved(saved);
    onClose();
  };
  const heading = t("edit.title");
  return (
    <Dialog title={heading} onClose={onClose}>
      <Form
        label={heading}
        submit={t("action.save")}
        onSubmit={save}
        onProblem={setProblem}
        onCancel={onClose}
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
      </Form>
    </Dialog>
  );
}

interface DeleteProps {
  video: Video;
  onDeleted(): void;
  onClose(): void;
}

export function DeleteVideoDialog({ video, onDeleted, onClose }: DeleteProps) {
  const remove = async () => {
    await api.deleteVideo(video.id);
    removeFromLists(video.id);
    say(t("delete.done"));
    onDeleted();
  };
  return (
    <ConfirmDialog
      title={t("delete.title")}
      ways={[{ text: t("action.delete"), tone: "bad", icon: "trash", act: remove }]}
      onClose={onClose}
    >
      {t("delete.text", { title: video.title })}
    </ConfirmDialog>
  );
}
