import type { ReleaseKind } from "../../protocol/market/api.ts";

/** A content key as it arrived, with the signature that shows who released it. */
export interface StoredKey {
  readonly sender: string;
  readonly kind: ReleaseKind;
  readonly contentKey: string;
  readonly receivedAt: number;
}
