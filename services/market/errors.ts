import { defineErrors } from "../protocol/errors.ts";

export const marketErrors = defineErrors([6000, 6099], {
  processDied: {
    code: "CW6000",
    title: "A process of the market ended before its time",
    hint: "The last lines it printed are shown above; `commonweight doctor` names a broken part. Nothing is left running.",
  },
  notReady: {
    code: "CW6001",
    title: "A process of the market did not become ready in time",
    hint: "The machine may be very busy: stop other programs, then start again.",
  },
  portInUse: {
    code: "CW6002",
    title: "A port of the market is in use",
    hint: "Choose another with --port (0 takes any free one), or stop the program that holds it.",
  },
  stateFolder: {
    code: "CW6003",
    title: "The market's folder cannot be written",
    hint: "Choose a writable folder with --state.",
  },
  options: {
    code: "CW6004",
    title: "The market cannot be run like this",
    hint: "Correct the options named above, all of which are wrong; `commonweight up --help` has the defaults.",
  },
  diskFull: {
    code: "CW6005",
    title: "There is too little room on the disk for the market",
    hint: "Free some, or choose a folder on another disk with --state.",
  },
  alreadyRunning: {
    code: "CW6006",
    title: "A market is running in this folder",
    hint: "Use that one, stop it with Ctrl+C in its terminal, or start another with --state <folder> --port <number>.",
  },
  record: {
    code: "CW6007",
    title: "The market that was stopped here cannot be continued",
    hint: "Begin a new one with --fresh, or choose another folder with --state.",
  },
  noAnvil: {
    code: "CW6008",
    title: "The node anvil is not installed",
    hint: "npm install --no-save @foundry-rs/anvil, or leave out --node: the built-in chain needs nothing, but forgets everything when it stops.",
  },
  nodeRefused: {
    code: "CW6009",
    title: "The market cannot be run on this node",
    hint: "Take a chain for trying out, and a key with some of its coins: --keystore <file> or COMMONWEIGHT_PRIVATE_KEY. `up` without --node starts a chain of its own.",
  },
  foreignFolder: {
    code: "CW6010",
    title: "The folder holds something that no market has made",
    hint: "A new market empties its folder `market`: move what is in it elsewhere, or choose another folder with --state.",
  },
  contentAway: {
    code: "CW6050",
    title: "A project's files cannot be fetched",
    hint: "Another network connection or firewall rule may be needed; when only one aggregator is named, it is that one's operator who has to look.",
  },
  keyFileOpen: {
    code: "CW6051",
    title: "A key file can be read by others on this machine",
    hint: "Take the rights away: chmod 600 <file>.",
  },
});
