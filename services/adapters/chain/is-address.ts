import { isAddress as isChecked } from "ethers";

/** Whether a text is an address; one in mixed case must have the right checksum, which catches slips of the pen. */
export const isAddress = (text: string): boolean => text.startsWith("0x") && isChecked(text);
