import type { Watched } from "~/lib/watched";
import type { FileKind, FilesFace, Kind, Loaded, OutboxItem, RecordView } from "~/store";

/** The files of one record, for the questions that ask for files. */
export interface RecordFiles {
  readonly kind: Kind;
  readonly id: string;
  readonly store: FilesFace;
  readonly record: Watched<Loaded<RecordView>>;
  readonly items: Watched<readonly OutboxItem[]>;
  /** Takes a refused file off the outbox. */
  takeBack: (item: string) => Promise<unknown>;
  /** The largest file of a kind, in megabytes, and how many a record holds. */
  limits: () => { megabytes: (kind: FileKind) => number; most: number };
}
