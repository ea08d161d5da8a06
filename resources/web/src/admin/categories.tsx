/** The categories of the library: make, rename, delete. */
import { useEffect, useState } from "preact/hooks";
import { admin } from "../api/admin.ts";
import type { ApiError, Category } from "../api/index.ts";
import { say } from "../app/toast.ts";
import { Button, IconButton } from "../components/button.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { Dialog } from "../components/dialog.tsx";
import { problemOf, TextField } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { PageState } from "../components/page-state.tsx";
import { t } from "../i18n/index.ts";
import { categories, loadCategories } from "../videos/lists.ts";

const LONGEST_NAME = 80;
const LONGEST_DESCRIPTION = 500;

interface CategoryFormProps {
  category: Category | null;
  onDone(): void;
}

function CategoryForm({ category, onDone }: CategoryFormProps) {
  const [name, setName] = useState(category?.name ?? "");
  const [description, setDescription] = useState(category?.description ?? "");
  const [problem, setProblem] = useState<ApiError | null>(null);
  const save = async () => {
    const body = { name: name.trim(), description: description.trim() };
    if (category) await admin.changeCategory(category.id, body);
    else await admin.makeCategory(body);
    await loadCategories();
    say(t("edit.done"));
    onDone();
  };
  const label = t(category ? "admin.category.edit" : "admin.category.new");
  return (
    <Form label={label} submit={t("action.save")} onSubmit={save} onProblem={setProblem} onCancel={onDone}>
      <TextField
        label={t("admin.category.name")}
        required
        maxlength={LONGEST_NAME}
        value={name}
        onValue={setName}
        problem={problemOf(problem, "name")}
      />
      <TextField
        label={t("field.description")}
        maxlength={LONGEST_DESCRIPTION}
        value={description}
        onValue={setDescription}
        problem={problemOf(problem, "description")}
      />
    </Form>
  );
}

function DeleteDialog({ category, onClose }: { category: Category; onClose(): void }) {
  const remove = async () => {
    await admin.deleteCategory(category.id);
    await loadCategories();
    say(t("admin.category.deleted"));
  };
  return (
    <ConfirmDialog
      title={t("admin.category.deleteTitle", { name: category.name })}
      ways={[{ text: t("action.delete"), tone: "bad", icon: "trash", act: remove }]}
      onClose={onClose}
    >
      {t("admin.category.deleteText", { count: category.video_count })}
    </ConfirmDialog>
  );
}

export function CategoriesSection() {
  const [asked, setAsked] = useState<{ category: Category | null; what: "edit" | "delete" } | null>(null);
  useEffect(() => void loadCategories(), []);
  const close = () => setAsked(null);
  const known = categories.value;
  return (
    <>
      <div class="admin-actions">
        <Button tone="main" icon="plus" onClick={() => setAsked({ category: null, what: "edit" })}>
          {t("admin.category.new")}
        </Button>
      </div>
      {known?.length === 0 && (
        <PageState
          icon="folder"
          level={2}
          title={t("admin.category.none.title")}
          text={t("admin.category.none.text")}
        />
      )}
      <ul class="admin-list" aria-label={t("admin.nav.categories")}>
        {known?.map((category) => (
          <li key={category.id} class="admin-row">
            <div class="admin-words">
              <p dir="auto">
                <a class="plain-link" href={`/category/${encodeURIComponent(category.slug)}`}>
                  <strong>{category.name}</strong>
                </a>
              </p>
              <p class="quiet" dir="auto">
                {[t("account.videos", { count: category.video_count }), category.description]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            </div>
            <IconButton
              icon="edit"
              label={t("mine.editOf", { title: category.name })}
              onClick={() => setAsked({ category, what: "edit" })}
            />
            <IconButton
              icon="trash"
              label={t("mine.deleteOf", { title: category.name })}
              onClick={() => setAsked({ category, what: "delete" })}
            />
          </li>
        ))}
      </ul>
      {asked?.what === "edit" && (
        <Dialog title={t(asked.category ? "admin.category.edit" : "admin.category.new")} onClose={close}>
          <CategoryForm category={asked.category} onDone={close} />
        </Dialog>
      )}
      {asked?.what === "delete" && asked.category && (
        <DeleteDialog category={asked.category} onClose={close} />
      )}
    </>
  );
}
