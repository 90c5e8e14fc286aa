/**
 * What a device keeps: her own open caseload and the cases she pinned, up to a published number. More than this a
 * phone neither needs in the field nor should carry, should it be lost. Cases beyond it stay at the server; she is told
 * how many, and pins those that she needs.
 */
export const MOST_KEPT = 2_000;

/** Of the room that the browser grants, this share may go to kept cases; the rest is for files, forms and unsent work. */
export const SHARE_OF_QUOTA = 0.5;

/** Until her own cases are measured: what one case takes on the device, sealed. */
export const USUAL_CASE_BYTES = 16_000;

/** Pinned cases are named in every request, and the server takes no more of them. */
export const MOST_PINNED = 1_000;

/** How many cases may be kept here: the published number, or what the device has room for. */
export function budgetOf(quota: number | null, caseBytes = USUAL_CASE_BYTES): number {
  if (quota === null || quota <= 0) return MOST_KEPT;
  return Math.max(1, Math.min(MOST_KEPT, Math.floor((quota * SHARE_OF_QUOTA) / Math.max(caseBytes, 1))));
}
