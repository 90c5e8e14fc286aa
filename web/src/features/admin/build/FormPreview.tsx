import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/compat";
import { directionOf, isLocale, LOCALE_NAMES, t, useLocale, wordsOf, type Catalogue } from "~/lib/i18n";
import { mayDo, useResource, useSource } from "~/store";
import { EmptyState, Field as Question, Muted, Notice, Select, Skeleton, Stack } from "~/ui";
import { resource } from "~/store/resource";
import type { Role } from "../rights";
import { accessOf } from "./access";
import type { Drawing, Look } from "./preview/drawing";
import type * as Inside from "./preview/frame";
import css from "./preview/preview.module.css";
import type { FormPreviewProps } from "./types";

type Screen = "phone" | "wide";

/** The form as a worker would see it: drawn by the same parts, on her screen, in her language, with her role, and to be tried out. */
export function FormPreview({ form, forms, lookups, places = [], locales }: FormPreviewProps): JSX.Element {
  const own = useLocale();
  const roles = useRoles();
  const [screen, setScreen] = useState<Screen>("phone");
  const [locale, setLocale] = useState<string>(own);
  const [look, setLook] = useState<Look>("light");
  const [roleId, setRoleId] = useState("");
  const catalogue = useWords(locale);
  const role = roles.find((one) => one.unique_id === roleId) ?? null;
  const access = accessOf(role, form);
  const drawing = useMemo<Drawing | null>(
    () => (catalogue === null ? null : { locale, catalogue, rtl: directionOf(locale) === "rtl", look, access, form, forms, lookups, places }),
    [locale, catalogue, look, access, form, forms, lookups, places],
  );
  return (
    <Stack gap={3}>
      <Muted small>{t("admin.build.preview.about")}</Muted>
      <div class={css.tools}>
        <Tool label={t("admin.build.preview.screen")} value={screen} options={(["phone", "wide"] as const).map((value) => ({ value, label: t(`admin.build.preview.${value}`) }))} onValue={(value) => { setScreen(value === "wide" ? "wide" : "phone"); }} />
        <Tool label={t("admin.build.preview.language")} value={locale} options={[...new Set([own, ...(locales ?? Object.keys(LOCALE_NAMES))])].map((value) => ({ value, label: nameOf(value) }))} onValue={setLocale} />
        <Tool label={t("admin.build.preview.look")} value={look} options={(["light", "dark"] as const).map((value) => ({ value, label: t(`admin.build.preview.${value}`) }))} onValue={(value) => { setLook(value === "dark" ? "dark" : "light"); }} />
        {roles.length === 0 ? null : <Tool label={t("admin.build.preview.role")} value={roleId} empty={t("admin.build.preview.role.any")} options={roles.map((one) => ({ value: one.unique_id, label: one.name }))} onValue={setRoleId} />}
      </div>
      {form.visible === false && !form.is_nested ? <Notice tone="warn">{t("admin.build.preview.hidden")}</Notice> : null}
      {access === "r" ? <Notice>{t("admin.build.preview.role.r")}</Notice> : null}
      <div class={css.desk}>
        {access === "none" ? (
          <EmptyState icon="lock" title={t("admin.build.preview.role.no")} />
        ) : drawing === null ? (
          <Skeleton rows={4} blocks />
        ) : (
          <Frame drawing={drawing} screen={screen} />
        )}
      </div>
    </Stack>
  );
}

interface ToolProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  empty?: string;
  onValue: (value: string) => void;
}

function Tool({ label, value, options, empty, onValue }: ToolProps): JSX.Element {
  return <Question label={label}>{(attributes) => <Select {...attributes} value={value} options={options} empty={empty ?? null} onValue={onValue} />}</Question>;
}

const NO_ROLES = resource<Role[]>({ fetch: () => Promise.resolve([]) });

/** The roles that she may read, for trying the form as one of them. */
function useRoles(): readonly Role[] {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  return useResource(mayDo(me, "roles", "read") ? source.admin.roles() : NO_ROLES, 300).value ?? [];
}

function useWords(locale: string): Catalogue | null {
  const [words, setWords] = useState<{ locale: string; catalogue: Catalogue } | null>(null);
  useEffect(() => {
    let current = true;
    // A language that the app itself does not speak: the form is in it, the buttons around are in English.
    void wordsOf(isLocale(locale) ? locale : "en").then((catalogue) => {
      if (current) setWords({ locale, catalogue });
    });
    return () => {
      current = false;
    };
  }, [locale]);
  return words?.catalogue ?? null;
}

function nameOf(locale: string): string {
  if (isLocale(locale)) return LOCALE_NAMES[locale];
  return new Intl.DisplayNames([locale, "en"], { type: "language" }).of(locale) ?? locale;
}

/** A document within the page. It may load the app's own scripts and styles, and nothing else: no request leaves it. */
function Frame({ drawing, screen }: { drawing: Drawing; screen: Screen }): JSX.Element {
  const frame = useRef<HTMLIFrameElement>(null);
  const [inside, setInside] = useState<typeof Inside | null>(null);
  const [failed, setFailed] = useState(false);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    import("./preview/frame").then(setInside, () => {
      setFailed(true);
    });
  }, []);
  useEffect(() => {
    if (inside === null) return undefined;
    const listen = (event: MessageEvent<{ kind?: unknown }>): void => {
      if (event.source === frame.current?.contentWindow && event.data.kind === inside.READY) setReady(true);
    };
    window.addEventListener("message", listen);
    return () => {
      window.removeEventListener("message", listen);
    };
  }, [inside]);
  useEffect(() => {
    if (ready && inside !== null) frame.current?.contentWindow?.postMessage({ kind: inside.DRAW, drawing }, window.origin);
  }, [ready, inside, drawing]);
  const page = useMemo(() => (inside === null ? null : pageWith(inside.here)), [inside]);
  if (failed) return <Notice tone="danger">{t("admin.build.preview.failed")}</Notice>;
  return page === null ? <Skeleton rows={4} blocks /> : <iframe ref={frame} class={screen === "phone" ? css.phone : css.wide} title={t("admin.build.preview.frame")} srcDoc={page} data-ready={ready ? "true" : undefined} />;
}

function pageWith(script: string): string {
  const page = document.implementation.createHTMLDocument("");
  const policy = page.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "connect-src 'none'; form-action 'none'; worker-src 'none'; object-src 'none'";
  const width = page.createElement("meta");
  width.name = "viewport";
  width.content = "width=device-width, initial-scale=1";
  page.head.append(policy, width);
  for (const sheet of document.querySelectorAll<HTMLElement>('link[rel="stylesheet"], style')) page.head.append(page.importNode(sheet, true));
  const root = page.createElement("div");
  root.id = "preview";
  const begin = page.createElement("script");
  begin.type = "module";
  begin.src = script;
  page.body.append(root, begin);
  return `<!doctype html>${page.documentElement.outerHTML}`;
}
