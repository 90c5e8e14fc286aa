import type { Watched } from "~/lib/watched";
import type { FileKind, FilesFace, Loaded, OutboxItem, RecordView } from "~/store";

/** The files of one case, for the questions that ask for files. */
export interface CaseFiles {
  readonly id: string;
  readonly store: FilesFace;
  readonly record: Watched<Loaded<RecordView>>;
  readonly items: Watched<readonly OutboxItem[]>;
  /** Takes a refused file off the outbox. */
  takeBack: (item: string) => Promise<unknown>;
  /** The largest file of a kind, in megabytes, and how many a case holds. */
  limits: () => { megabytes: (kind: FileKind) => number; most: number };
}
