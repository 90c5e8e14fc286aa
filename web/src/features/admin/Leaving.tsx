import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { Button, Row, Sheet } from "~/ui";

/** Asked before somebody leaves what is not saved. */
export function Leaving({ go, onStay }: { go: (() => void) | null; onStay: () => void }): JSX.Element {
  return (
    <Sheet
      open={go !== null}
      centre
      title={t("admin.leave.title")}
      onClose={onStay}
      actions={
        <Row>
          <Button
            look="danger"
            onClick={() => {
              onStay();
              go?.();
            }}
          >
            {t("admin.leave.go")}
          </Button>
          <Button onClick={onStay}>{t("admin.leave.stay")}</Button>
        </Row>
      }
    >
      <p>{t("admin.leave.text")}</p>
    </Sheet>
  );
}
