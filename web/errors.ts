import { defineErrors } from "../services/protocol/errors.ts";

/** What can go wrong in the page itself. */
export const webErrors = defineErrors([7000, 7999], {
  noMarket: {
    code: "CW7000",
    title: "The page knows no market",
    hint: "The server of this page names none: enter RPC address and market contract in Settings.",
  },
  nodeAway: {
    code: "CW7004",
    title: "The chain's node does not answer this page",
    hint: "Look whether the node runs and lets pages of other addresses ask it, or name another one in Settings. An address like 127.0.0.1 is the machine that this browser runs on.",
  },
  auditFailed: {
    code: "CW7001",
    title: "The audit could not run to its end",
    hint: "Reload the page and verify again; `commonweight audit` does the same in a terminal.",
  },
  rehearsalFailed: {
    code: "CW7002",
    title: "The rehearsal could not run to its end",
    hint: "Rehearse again; if it fails again, try fewer rounds or the command `commonweight owner rehearse`.",
  },
  pageBroken: {
    code: "CW7003",
    title: "A part of the page could not be fetched, or broke",
    hint: "Reload the page; entries of a form are kept. If a part of it could not be fetched, look at your connection. If it fails again, tell the project what you did.",
  },
  walletRejected: {
    code: "CW7010",
    title: "You declined in the wallet",
    hint: "Nothing was sent by this step. Your entries are kept: go on when you are ready.",
  },
  walletWrongNetwork: {
    code: "CW7011",
    title: "The wallet is on another network than this market",
    hint: "Switch the network with the button, or in the wallet itself; nothing was sent.",
  },
  walletFailed: {
    code: "CW7012",
    title: "The wallet did not do what it was asked",
    hint: "Open the wallet and look for an unanswered request, then try again. Your entries are kept.",
  },
  walletUnknownNetwork: {
    code: "CW7013",
    title: "The wallet does not know this network",
    hint: "Add it in the wallet with the RPC address and chain number shown in Settings and below, then switch to it.",
  },
  notSeenYet: {
    code: "CW7014",
    title: "The transaction is sent, but the page's node has not seen it",
    hint: "Wait, and look for it again: posting a second time would pay a second escrow. If the wallet shows it as failed, forget it.",
  },
  draftFileUnknown: {
    code: "CW7015",
    title: "This file is neither a manifest nor a file of terms",
    hint: "Pick manifest.json or terms.json of the folder that `commonweight owner init` made.",
  },
  filesNotTaken: {
    code: "CW7016",
    title: "The project is posted, but no aggregator has taken its files",
    hint: "Try again when an aggregator is up, or save the files below and have an IPFS node pin them: without them nobody can train.",
  },
  keyNotMade: {
    code: "CW7018",
    title: "A private project needs an encryption key of its owner",
    hint: "Make and save it above the button: the models are sealed to it.",
  },
  filesNotKept: {
    code: "CW7019",
    title: "This browser has not kept the private project's first model",
    hint: "Use the browser that posted it. If that has forgotten it, stop the project with `commonweight owner stop <project>`: the escrow comes back, and it can be posted again.",
  },
});
