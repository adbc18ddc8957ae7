/** Whether a path is called like a table of text: CSV, or with tabs. */
export const isTableName = (path: string) => /\.(csv|tsv)$/i.test(path);
