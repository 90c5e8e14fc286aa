import { Refusal, Unreachable, type Answer, type Request, type Shape } from "~/api";
import { dataOf } from "./reading";
import type { Sessions } from "./session";

/** The server wants the code of conduct accepted before anything else. */
export function isConductOwed(error: unknown): error is Refusal {
  return error instanceof Refusal && error.status === 403 && error.code === "code_of_conduct.not_accepted";
}

/** What everybody here promises: read before anything else, and accepted once for each text. */
export class Conduct {
  constructor(
    private readonly sessions: Sessions,
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
    private readonly onAccepted: () => void,
  ) {}

  /** The text that holds now. Raises Refusal or Unreachable. */
  async read(): Promise<Shape<"Conduct">> {
    return dataOf<Shape<"Conduct">>((await this.heard("/v2/codes_of_conduct")).body);
  }

  /** She accepts the text she read. Raises Refusal (also when another text holds by now) or Unreachable. */
  async accept(id: number): Promise<void> {
    const state = this.sessions.state.get();
    if (state.status !== "in") return;
    await this.heard(`/v2/users/${encodeURIComponent(state.session.userId)}`, { method: "PATCH", body: { data: { code_of_conduct_id: id } } });
    await this.sessions.setOwesConduct(false);
    this.onAccepted();
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
