import type { JSX } from "preact";

/* Our own drawings on a 24 grid, stroke of the text's colour. Those that point somewhere turn with the direction of the page. */
const PATHS = {
  home: "M4 11.5 12 4.5l8 7M6 10v9.5h4.5V14h3v5.5H18V10",
  cases: "M4 7h5l2 2.5h9V19H4zM4 7V5h6",
  family: "M8 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM16.5 11.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM3 19c0-4 2-6 5-6s5 2 5 6M14 19c0-2.6 1-4.500 2.700-4.500S20.500 16 20.500 19",
  insights: "M4 20h16M7 20v-6M12 20V5M17 20v-9",
  admin: "M5 7h9M18 7h1M5 12h2M11 12h8M5 17h7M16 17h3M16 5v4M9 10v4M14 15v4",
  rollout: "M5 20V5h11l-2 4 2 4H5",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500 20 20",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  check: "M5 12.500 10 17.500 19 7.500",
  chevron: "M9 5l7 7-7 7",
  down: "M5 9l7 7 7-7",
  up: "M5 15l7-7 7 7",
  back: "M15 5l-7 7 7 7",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20.500c.6-4 3.400-6 7.500-6s6.900 2 7.500 6",
  language: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM3.500 12h17M12 3.500c-5 5.500-5 11.500 0 17 5-5.500 5-11.500 0-17z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
  moon: "M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10z",
  shield: "M12 3.500 5 6v5.500c0 4.500 3 7.500 7 9 4-1.500 7-4.500 7-9V6z",
  eyeOff: "M4 4l16 16M9.900 5.900C17 4.500 21 12 21 12a15 15 0 0 1-3 3.700M6.500 7.500A15 15 0 0 0 3 12s3.500 6.500 9 6.500c1.600 0 3-.5 4.200-1.200M10 10.500a2.500 2.500 0 0 0 3.500 3.500",
  eye: "M3 12s3.500-6.500 9-6.500S21 12 21 12s-3.500 6.500-9 6.500S3 12 3 12zM12 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  sync: "M19.500 8A8 8 0 0 0 5 9M5 4.500V9h4.500M4.500 16A8 8 0 0 0 19 15M19 19.500V15h-4.500",
  cloud: "M7 18.500a4 4 0 0 1-.5-8 5.500 5.500 0 0 1 10.700-1A4.500 4.500 0 0 1 17 18.500z",
  cloudOff: "M4 4l16 16M7.500 7.500a5.500 5.500 0 0 0-1 3 4 4 0 0 0 .5 8h11M11 5.600a5.500 5.500 0 0 1 6.200 3.900 4.500 4.500 0 0 1 2.800 7",
  clock: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 7.500V12l3 2.500",
  alert: "M12 4 2.500 20h19zM12 10v4.500M12 17.200v.1",
  info: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 11v5.500M12 7.700v.1",
  flag: "M6 21V4h11l-2 4 2 4H6",
  calendar: "M4.500 6h15v14h-15zM4.500 10.500h15M8.500 3.500V7M15.500 3.500V7",
  phone: "M6 3.500h3.500l1.500 4-2 1.500a11 11 0 0 0 6 6l1.500-2 4 1.500V18c0 1.500-1 2.500-2.500 2.500C10.500 20 4 13.500 3.500 6 3.500 4.500 4.500 3.500 6 3.500z",
  mapPin: "M12 21s6.500-6 6.500-11a6.500 6.500 0 1 0-13 0C5.500 15 12 21 12 21zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  edit: "M4.500 19.500 5.500 15 16 4.500 19.500 8 9 18.500zM14 6.500 17.500 10",
  trash: "M5 7h14M9.500 7V4.500h5V7M7 7l1 13h8l1-13M10.500 11v5.500M13.500 11v5.500",
  undo: "M8.500 5 4.500 9l4 4M4.500 9H14a5.500 5.500 0 0 1 0 11h-3",
  filter: "M4 6h16M7 12h10M10 18h4",
  sort: "M8 5v14M4.500 15.500 8 19l3.500-3.500M16 19V5M12.500 8.500 16 5l3.500 3.500",
  history: "M4.500 12a7.500 7.500 0 1 0 2.500-5.600M4.500 4.500v4H8.500M12 8v4.500l3 2",
  file: "M6 3.500h8l4 4v13H6zM13.500 3.500V8H18",
  people: "M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c.5-4 3-6 6.500-6s6 2 6.500 6M15.500 11a3 3 0 1 0 0-6M17.500 14.300c2.300.7 3.700 2.700 4 5.700",
  signOut: "M10 4.500H5v15h5M15 8l4 4-4 4M19 12h-9",
  riskHigh: "M12 3 2.500 20h19zM12 9.500v5M12 17.200v.1",
  riskMedium: "M12 3.500 20.500 12 12 20.500 3.500 12zM12 8.500v4.500M12 15.700v.1",
  riskLow: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM8.500 12h7",
  star: "M12 4l2.400 5.200 5.600.6-4.200 3.800 1.200 5.600-5-2.900-5 2.900 1.200-5.600L4 9.800l5.600-.6z",
  download: "M12 4v11M7 10.500l5 5 5-5M4.500 19.500h15",
  camera: "M4 8h3.500l1.500-2.500h6L16.500 8H20v11H4zM12 16.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z",
  sound: "M4 10v4h4l5 4V6l-5 4zM16.500 9a4 4 0 0 1 0 6M19 6.500a8 8 0 0 1 0 11",
  mic: "M12 14.500a3 3 0 0 0 3-3v-5a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3zM6 11.500a6 6 0 0 0 12 0M12 17.500v3.500M9 21h6",
  bell: "M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 2h-15zM10 21h4",
  key: "M14.500 13a4.500 4.500 0 1 0-4-2.500L4 17v3h3v-2h2v-2h2l1.500-1.500M15.500 8.600v-.1",
} as const;

export type IconName = keyof typeof PATHS;

const TURNS = new Set<IconName>(["chevron", "back", "signOut", "undo", "history"]);

/** A drawing beside words; it says nothing to a screen reader unless it stands alone and is given a label. */
export function Icon({ name, size = 20, label }: { name: IconName; size?: number; label?: string }): JSX.Element {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width={name === "more" ? 3.2 : 1.8}
      stroke-linecap="round"
      stroke-linejoin="round"
      class={TURNS.has(name) ? "icon-turns" : undefined}
      {...(label === undefined ? { "aria-hidden": "true" as const } : { role: "img", "aria-label": label })}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
