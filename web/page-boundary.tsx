import { Component, type ReactNode } from "react";
import { CommonweightError } from "../services/protocol/errors.ts";
import { webErrors } from "./errors.ts";
import { Failure } from "./loaded-view.tsx";

/** Keeps one page's failure from taking the others with it: a part that could not be fetched, or a mistake of ours. */
export class PageBoundary extends Component<
  { readonly children: ReactNode },
  { readonly error: CommonweightError | null }
> {
  override state: { readonly error: CommonweightError | null } = { error: null };

  static getDerivedStateFromError(cause: unknown) {
    const error =
      cause instanceof CommonweightError
        ? cause
        : new CommonweightError(webErrors.pageBroken, `This page could not be shown: ${cause}`, {
            cause,
          });
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <Failure error={error} onRetry={() => window.location.reload()} />;
  }
}
