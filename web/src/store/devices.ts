import type { Answer, Refusal, Request, Shape } from "~/api";
import { isObject } from "~/lib/json";
import { resource, type Resource } from "./resource";

/** A browser on which somebody works, as it told last. */
export type DeviceView = Shape<"Device">;

/** Devices as the server knows them: her own, her team's with unsent work, those of an account in her care. */
export class Devices {
  private readonly known = new Map<string, Resource<DeviceView[]>>();

  constructor(
    private readonly ask: (path: string, request?: Request) => Promise<Answer>,
    private readonly onRefusal: (refusal: Refusal) => void,
  ) {}

  mine(): Resource<DeviceView[]> {
    return this.list("");
  }
  /** Devices of the workers she answers for on which something waits to be sent. */
  team(): Resource<DeviceView[]> {
    return this.list("?team=true&per=100&page=1");
  }
  of(userId: number): Resource<DeviceView[]> {
    return this.list(`?user_id=${String(userId)}`);
  }

  /** Another name for a device of her own. Raises Refusal or Unreachable. */
  async rename(id: string, name: string): Promise<void> {
    await this.ask(`/cpims/v1/devices/${encodeURIComponent(id)}`, { method: "PATCH", body: { name } });
    await this.refresh();
  }

  /** Its sessions end now; it hands over and wipes itself at its next contact. Raises Refusal or Unreachable. */
  async revoke(id: string): Promise<void> {
    await this.ask(`/cpims/v1/devices/${encodeURIComponent(id)}/revoke`, { method: "POST", body: {} });
  }

  /** What is on the screen is asked for again. */
  async refresh(): Promise<void> {
    await Promise.all([...this.known.values()].map((one) => one.refresh()));
  }

  forget(): void {
    this.known.clear();
  }

  private list(query: string): Resource<DeviceView[]> {
    const known = this.known.get(query);
    if (known) return known;
    const made = resource<DeviceView[]>({
      fetch: async () => {
        const { body } = await this.ask(`/cpims/v1/devices${query}`);
        return (isObject(body) && Array.isArray(body["data"]) ? body["data"] : []) as unknown as DeviceView[];
      },
      onRefusal: this.onRefusal,
    });
    this.known.set(query, made);
    return made;
  }
}
