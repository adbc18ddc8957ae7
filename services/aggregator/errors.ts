import { defineErrors } from "../protocol/errors.ts";

export const aggregatorErrors = defineErrors([5000, 5999], {
  notAnAggregator: {
    code: "CW5000",
    title: "This account is not an aggregator of the project",
    hint: "The project's terms name its aggregators; check which key this service runs with.",
  },
  modelNotFound: {
    code: "CW5001",
    title: "No provider has a model that opens the chain's commitment",
    hint: "Connect to a node that pinned the model: the previous aggregator, the owner or a trainer.",
  },
  notSigned: {
    code: "CW5002",
    title: "The message is not signed by whom it speaks for",
    hint: "Sign with the key that joined the project; for references, with the referee's.",
  },
  wrongRound: {
    code: "CW5003",
    title: "The message is for a round that is not in this phase",
    hint: "Read the project's state again; keys are taken only after the commit phase has closed.",
  },
  provingFailed: {
    code: "CW5004",
    title: "The proving process ended without a proof",
    hint: "It is started again by itself; if this repeats, look at its log and at the free memory.",
  },
  badRequest: {
    code: "CW5005",
    title: "The request does not have the shape it should have",
    hint: "The message names each wrong field; the interface is described at /v1/openapi.json.",
  },
  unknownRecord: {
    code: "CW5006",
    title: "The aggregator has no such record",
    hint: "Check the project and round numbers; the chain itself knows every round.",
  },
  tooManyRequests: {
    code: "CW5013",
    title: "Too many requests from this address",
    hint: "Wait for the seconds that the header Retry-After names, then try again; what matters can be done on the chain without this service.",
  },
  notAReader: {
    code: "CW5007",
    title: "The account may not read this project's models",
    hint: "A private project's models are for its owner, aggregators and trainers: join the project, with a registered encryption key.",
  },
  nodeBehind: {
    code: "CW5008",
    title: "The RPC node is behind what the chain is known to be",
    hint: "It is asked again by itself; if this lasts, choose another node.",
  },
  wrongEncryptionKey: {
    code: "CW5009",
    title: "The encryption key is not the one that is registered on chain",
    hint: "Put the backup of encryption-key.json back into the state folder: what was sealed to the registered key opens with no other. If it is lost, `aggregator run --replace-encryption-key` registers the new one between rounds.",
  },
  wrongEndpoint: {
    code: "CW5010",
    title: "Another account answers at the registered endpoint",
    hint: "Start the service with --public-url set to where it can be reached from outside; it registers it on chain.",
  },
  balanceLow: {
    code: "CW5011",
    title: "The account cannot pay for the rounds to come",
    hint: "Send coins of the chain to the account.",
  },
  bondMissing: {
    code: "CW5012",
    title: "The account does not have the bond that a project asks for",
    hint: "Send the reward token of the project to the account; without its bond an aggregator may neither open nor settle.",
  },
  notServed: {
    code: "CW5014",
    title: "This aggregator does not serve the project",
    hint: "Its operator says for which tokens and owners it works; ask the project's other aggregators, or submit on the chain.",
  },
  wrongModel: {
    code: "CW5015",
    title: "The references were made on another model than the project's",
    hint: "The referee makes them again by itself once it knows the model; the contract opens a round on no other.",
  },
  unforeseen: {
    code: "CW5099",
    title: "Something that nobody foresaw failed",
    hint: "Try again; if it repeats, tell the aggregator's operator.",
  },
});
