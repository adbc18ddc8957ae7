import type { Chain } from "../../adapters/chain/connect.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import type { DepositDesk } from "../../adapters/chain/tokens/deposit-desk.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import type { Curve } from "../../protocol/curve.ts";
import type { TensorLayout } from "../../protocol/model/model-file.ts";
import type { EncryptionKeyPair, Envelope } from "../../protocol/sealing/envelope.ts";
import type { Alerts } from "../alerts.ts";
import type { ChainHead } from "../chain-head.ts";
import type { NewestFirst } from "../newest-first.ts";
import type { Prover } from "../proving/prover.ts";
import type { ServiceEvent } from "../service-event.ts";
import type { RoundStore } from "../store/round-store.ts";
import type { TransactionStore } from "../store/transaction-store.ts";

/** What one project's engine works with. */
export interface ProjectEngineParameters {
  readonly chain: Chain;
  /** Shared by all projects of the connection. */
  readonly head: ChainHead;
  readonly curveFor: (parameterCount: number) => Promise<Curve>;
  readonly contentStore: ContentStore;
  readonly envelope: Envelope;
  readonly keys: EncryptionKeyPair;
  readonly store: RoundStore;
  readonly roundCosts: TransactionStore["roundCosts"];
  readonly prover: Prover;
  /** Shared by all projects of the account. */
  readonly deposits: DepositDesk;
  /** Looks for the first files of all projects of the account. */
  readonly firstFiles: NewestFirst;
  readonly alerts: Alerts;
  /** Throws when this machine could not prove the project's rounds: then no bond is put up and no round opened. */
  readonly requireKey: (project: Project) => Promise<void>;
  /** Named tensors of a project's model, for the float32 part of model files. */
  readonly layoutOf: (project: Project) => Promise<readonly TensorLayout[]>;
  readonly onEvent: (event: ServiceEvent) => void;
  readonly signal: AbortSignal;
}
