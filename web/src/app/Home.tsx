import type { JSX } from "preact";
import HomePage from "~/features/home/HomePage";
import { DueNow } from "~/features/tasks/DueNow";
import { hasRoute } from "./routes";

/** Home, with what is due in it. */
export default function Home(): JSX.Element {
  return <HomePage due={(isQuiet) => <DueNow isQuiet={isQuiet} />} links={{ team: hasRoute("/team") ? "/team" : null, approvals: hasRoute("/approvals") ? "/approvals" : null, flags: hasRoute("/flags") ? "/flags" : null }} />;
}
