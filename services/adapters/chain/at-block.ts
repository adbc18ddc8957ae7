/** Which block a state is read at: the newest one unless told. */
export interface AtBlock {
  readonly blockTag?: number;
}
