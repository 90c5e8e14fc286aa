import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { formatAgo, t } from "~/lib/i18n";
import { mayDo, useResource, useSource, type DeviceView, type Resource } from "~/store";
import { Card, Combobox, ErrorState, Field, Muted, Page, Records, Skeleton, Stack } from "~/ui";
import { DeviceCard, StateOfDevice, unsentWords } from "./DeviceCard";

const ASSIGNS = ["assign", "assign_within_agency", "assign_within_user_group"];
const LEADING = ["group", "agency", "all"];

/** On which devices one works; where work of one's team waits; and, for administrators, the devices of anybody in their care. */
export default function DevicesPage(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const leads = LEADING.includes(me?.role_group_permission ?? "") && mayDo(me, "cases", "write") && ASSIGNS.some((act) => mayDo(me, "cases", act));
  return (
    <Page title={t("devices.title")}>
      <Stack gap={6}>
        <Mine />
        {leads ? <Team /> : null}
        {mayDo(me, "users", "manage") ? <Person /> : null}
      </Stack>
    </Page>
  );
}

function Mine(): JSX.Element {
  const source = useSource();
  return (
    <section aria-labelledby="devices-mine">
      <Stack>
        <h2 id="devices-mine">{t("devices.mine")}</h2>
        <Muted>{t("devices.lead")}</Muted>
        <Cards list={source.devices.mine()} own none={t("devices.none")} />
      </Stack>
    </section>
  );
}

function Cards({ list, own, none }: { list: Resource<DeviceView[]>; own?: boolean; none: string }): JSX.Element {
  const { value, error } = useResource(list, 0);
  if (value === null) return error ? <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState> : <Skeleton rows={2} blocks />;
  if (value.length === 0) return <Muted>{none}</Muted>;
  return (
    <Stack>
      {value.map((device) => (
        <DeviceCard key={device.id} device={device} own={own === true} />
      ))}
    </Stack>
  );
}

/** Work that waits on devices of her workers, the longest wait first. */
function Team(): JSX.Element {
  const source = useSource();
  const list = source.devices.team();
  const { value, error } = useResource(list, 0);
  return (
    <section aria-labelledby="devices-team">
      <Stack>
        <h2 id="devices-team">{t("devices.team")}</h2>
        {value === null ? error ? <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState> : <Skeleton rows={2} /> : null}
        {value?.length === 0 ? <Muted>{t("devices.team.none")}</Muted> : null}
        {value !== null && value.length > 0 ? (
          <Records
            label={t("devices.team")}
            rows={value}
            keyOf={(device) => device.id}
            hrefOf={() => null}
            title={(device) => <bdi>{device.user.full_name}</bdi>}
            titleLabel={t("devices.team.worker")}
            marks={(device) => <StateOfDevice device={device} />}
            marksLabel={t("devices.state")}
            columns={[
              { id: "device", label: t("devices.device"), cell: (device) => <bdi>{device.name}</bdi> },
              { id: "unsent", label: t("devices.unsent"), cell: unsentWords },
              { id: "seen", label: t("devices.seen"), cell: (device) => formatAgo(new Date(device.seen_at)) },
            ]}
          />
        ) : null}
      </Stack>
    </section>
  );
}

/** An administrator finds a person, then sees her devices. */
function Person(): JSX.Element {
  const source = useSource();
  const people = useResource(source.users(), 300);
  const [picked, setPicked] = useState("");
  return (
    <section aria-labelledby="devices-person">
      <Stack>
        <h2 id="devices-person">{t("devices.person")}</h2>
        <Card>
          <Field label={t("devices.person.pick")} hint={t("devices.person.hint")}>
            {(attributes) => (
              <Combobox
                {...attributes}
                value={picked}
                options={(people.value ?? []).map((user) => ({ value: String(user.id), label: user.full_name, hint: user.user_name }))}
                onValue={setPicked}
              />
            )}
          </Field>
        </Card>
        {picked === "" ? null : <Cards key={picked} list={source.devices.of(Number(picked))} none={t("devices.person.none")} />}
      </Stack>
    </section>
  );
}
