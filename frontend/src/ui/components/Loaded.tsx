import type { ReactNode } from "react";
import type { Resource } from "../hooks/useResource";
import { Failure, Loading } from "./Notice";

interface LoadedProps<T> {
  resource: Resource<T>;
  /** Shown instead of the children when there is nothing to list. */
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The four faces of loaded data: loading, failed, empty, there. */
export function Loaded<T>({ resource, empty, children }: LoadedProps<T>) {
  const { data, error, reload } = resource;
  if (data === undefined) {
    return error ? <Failure message={error.message} onRetry={reload} /> : <Loading />;
  }
  const isEmpty = Array.isArray(data) && data.length === 0 && empty !== undefined;
  return (
    <>
      {error && <Failure message={error.message} onRetry={reload} />}
      {isEmpty ? empty : children(data)}
    </>
  );
}
