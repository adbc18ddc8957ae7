/**
 * A name as it is compared: without blanks around it, and with each letter in its shortest form. An ü may be one character or a u with
 * two dots behind it, as macOS writes file names; nobody sees the difference.
 */
export const plainName = (text: string): string => text.trim().normalize("NFC");
