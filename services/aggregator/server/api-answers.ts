import { z } from "zod";

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
/** Integers of any size travel as decimal text. */
const integer = z.string().regex(/^[0-9]+$/);

/** What needs the operator; empty when nothing does. */
const alertsSchema = z.array(
  z.object({ kind: z.string(), subject: z.string(), message: z.string(), since: z.int() }),
);

/** `GET /v1/health` */
export const healthSchema = z.object({
  status: z.literal("ok"),
  startedAt: z.int(),
  alerts: alertsSchema,
});

/** `GET /v1/ready`, with status 503 as long as it is not. */
export const readinessSchema = z.object({
  isReady: z.boolean(),
  lastError: z.string().optional(),
  failingProjects: z.array(z.object({ projectId: integer, message: z.string() })),
  alerts: alertsSchema,
});

/** `GET /v1/market` */
export const marketSchema = z.object({
  chainId: integer,
  rpcUrl: z.string(),
  aggregator: address,
  addresses: z.looseObject({ market: address, vault: address, registry: address }),
});

/** `GET /v1/projects`, newest first: what the contract says of each, with its terms. */
export const projectsSchema = z.array(
  z.looseObject({ projectId: integer, phase: z.string(), terms: z.looseObject({}) }),
);

/** `GET /v1/projects/:projectId/rounds/:roundIndex` */
export const roundSchema = z.object({
  projectId: integer,
  roundIndex: z.int(),
  /** Null while the round is not settled. */
  report: z
    .object({
      roundIndex: z.int(),
      settledBy: address,
      transactionHash: z.string(),
      isVoid: z.boolean(),
      budgetWei: integer,
      paidWei: integer,
      modelCid: z.string(),
      costs: z.object({
        transactions: z.int(),
        gasUsed: integer,
        costWei: integer,
        settleFeeWei: integer,
      }),
      proofSeconds: z.number().optional(),
      trainers: z.array(
        z.object({
          trainer: address,
          slot: z.int(),
          bundleCid: z.string(),
          verdict: z.string(),
          weight: z.int(),
          share: z.int(),
          earnedWei: integer,
          text: z.string(),
          exclusion: z
            .object({
              reason: z.int(),
              name: z.string(),
              bundleCid: z.string(),
              commitmentHash: z.string(),
              code: z.string().optional(),
              explanation: z.string().optional(),
            })
            .optional(),
        }),
      ),
    })
    .nullable(),
});
