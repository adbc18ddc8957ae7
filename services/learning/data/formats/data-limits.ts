/** What a data file may cost us: it may come from anywhere, and its header may lie. */
export const DATA_LIMITS = {
  /** Largest table: its text takes some fifteen times as much memory while it is read, and JavaScript has two to four gigabytes. */
  tableBytes: 128 * 1024 * 1024,
  /** Largest idx file, unpacked: it is read whole. */
  idxBytes: 512 * 1024 * 1024,
  /** Largest array that is held in memory, because it is packed or in Fortran's order. */
  arrayBytes: 512 * 1024 * 1024,
  imageBytes: 32 * 1024 * 1024,
  imagePixels: 64 * 1024 * 1024,
  /** Samples of one data set. */
  samples: 50_000_000,
  columns: 65_536,
  images: 5_000_000,
  /** Footer of a Parquet file: read whole, it takes some twenty times as much memory. */
  footerBytes: 16 * 1024 * 1024,
  /** A column of a Parquet file in one group of rows, unpacked: it is unpacked as a whole. */
  rowGroupBytes: 256 * 1024 * 1024,
  /** Numbers of lists in one group of rows of a Parquet file. */
  listValues: 16 * 1024 * 1024,
  /** Bytes of the header of a `.npy` file. */
  headerBytes: 65_536,
} as const;
