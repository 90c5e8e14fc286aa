import { Refusal, Unreachable, type Answer, type Request, type Shape } from "~/api";
import { dataOf } from "./reading";
import type { Sessions } from "./session";

/** The server wants the code of conduct, or the terms of use of her agency, accepted before anything else. */
export function isConductOwed(error: unknown): error is Refusal {
  return error instanceof Refusal && error.status === 403 && (error.code === "code_of_conduct.not_accepted" || error.code === "terms_of_use.not_accepted");
}

/** What she has still to accept; of the terms, where the paper lies and what is said above it. */
export interface Owed {
  what: "conduct" | "terms" | null;
  paper: string;
  words: Record<string, string>;
}

/** What everybody here promises, and the terms of her agency: read before anything else, accepted once for each text. */
export class Conduct {
  constructor(
    private readonly sessions: Sessions,
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
    private readonly onAccepted: () => void,
  ) {}

  /** What is to be accepted next; when it is nothing any more, the way is open. Raises Refusal or Unreachable. */
  async owed(): Promise<Owed> {
    const session = dataOf<Shape<"Session">>((await this.heard("/cpims/v1/session")).body);
    const what = session.owes_conduct ? "conduct" : session.owes_terms ? "terms" : null;
    if (what === null && this.sessions.state.get().status === "in") {
      await this.sessions.setOwesConduct(false);
      this.onAccepted();
    }
    const settings = what === "terms" ? dataOf<Shape<"SystemSettings">>((await this.heard("/v2/system_settings")).body) : null;
    return { what, paper: `/api/cpims/v1/agencies/${String(session.agency_id)}/terms_of_use`, words: settings?.terms_of_use_acknowledge ?? {} };
  }

  /** The text that holds now. Raises Refusal or Unreachable. */
  async read(): Promise<Shape<"Conduct">> {
    return dataOf<Shape<"Conduct">>((await this.heard("/v2/codes_of_conduct")).body);
  }

  /** She accepts the text she read. Raises Refusal (also when another text holds by now) or Unreachable. */
  async accept(id: number): Promise<Owed> {
    return this.said({ code_of_conduct_id: id });
  }

  /** She accepts the terms of use she read. Raises Refusal or Unreachable. */
  async acceptTerms(): Promise<Owed> {
    return this.said({ accept_terms_of_use: true });
  }

  private async said(data: Shape<"UserWrite">): Promise<Owed> {
    const state = this.sessions.state.get();
    if (state.status !== "in") return { what: null, paper: "", words: {} };
    await this.heard(`/v2/users/${encodeURIComponent(state.session.userId)}`, { method: "PATCH", body: { data } });
    return this.owed();
  }

  private async heard(path: string, request: Request = {}): Promise<Answer> {
    try {
      return await this.ask(path, request);
    } catch (error) {
      if (error instanceof Refusal) this.onRefusal(error);
      // Without the server nobody is kept from her work by a text that cannot be shown.
      if (error instanceof Unreachable) this.sessions.goAlone();
      throw error;
    }
  }
}
