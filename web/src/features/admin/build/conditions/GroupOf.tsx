import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { Button, IconButton, Row, Select } from "~/ui";
import css from "../build.module.css";
import type { Lookable } from "./asking";
import type { Finding } from "./checking";
import { LineOf } from "./LineOf";
import type { Group, How, Node } from "./tree";

export interface GroupProps {
  group: Group;
  known: Lookable;
  found: readonly Finding[];
  closed: boolean;
  depth: number;
  put: (id: string, next: Node | null) => void;
  add: (group: Group) => void;
  addGroup: (group: Group) => void;
}

const HOWS: readonly How[] = ["all", "any", "none", "not_all"];
/** Deeper than this nobody reads it; what is stored deeper is shown and can be changed, but not deepened. */
const DEEPEST_OFFERED = 3;

/** Sentences that belong together, and whether all of them count or one is enough. */
export function GroupOf(props: GroupProps): JSX.Element {
  const { group, known, found, closed, depth, put, add, addGroup } = props;
  const chosen = group.members.length > 1 || group.how !== "all";
  return (
    <div class={depth === 0 ? css.top : css.group} {...(depth === 0 ? {} : { role: "group", "aria-label": t("admin.build.group") })}>
      {chosen ? (
        <Row between>
          <Select
            aria-label={t("admin.build.how")}
            value={group.how}
            empty={null}
            disabled={closed}
            options={HOWS.map((how) => ({ value: how, label: t(`admin.build.how.${how}`) }))}
            onValue={(how) => {
              const { was: _was, ...rest } = group;
              put(group.id, { ...rest, how: how as How });
            }}
          />
          {depth > 0 && !closed ? (
            <IconButton
              icon="trash"
              label={t("admin.build.remove_group")}
              onClick={() => {
                put(group.id, null);
              }}
            />
          ) : null}
        </Row>
      ) : null}
      <ol role="list" class={css.members}>
        {group.members.map((member, at) => (
          <li key={member.id}>
            {member.kind === "group" ? (
              <GroupOf {...props} group={member} depth={depth + 1} />
            ) : (
              <LineOf
                line={member}
                number={at + 1}
                known={known}
                found={found.filter((one) => one.line === member.id)}
                closed={closed}
                onChange={(next) => {
                  put(member.id, next);
                }}
              />
            )}
          </li>
        ))}
      </ol>
      {closed ? null : (
        <Row>
          <Button
            icon="plus"
            {...(depth === 0 ? { "data-add": true } : {})}
            onClick={() => {
              add(group);
            }}
          >
            {t("admin.build.add")}
          </Button>
          {depth < DEEPEST_OFFERED ? (
            <Button
              look="quiet"
              onClick={() => {
                addGroup(group);
              }}
            >
              {t("admin.build.add_group")}
            </Button>
          ) : null}
        </Row>
      )}
    </div>
  );
}
