import { useEffect, useState } from "react";
import { type Resource, useResource } from "./useResource";

/** An image that needs the bearer token: fetched, then shown from memory by an object URL. */
export function usePicture(key: string, load: () => Promise<Blob>): Resource<string> {
  const { data, error, reload } = useResource(key, load);
  const [shown, setShown] = useState<{ of: Blob; url: string }>();
  useEffect(() => {
    if (!data) return;
    const url = URL.createObjectURL(data);
    setShown({ of: data, url });
    return () => URL.revokeObjectURL(url);
  }, [data]);
  // The address of the picture before is revoked by now.
  return { data: shown?.of === data ? shown?.url : undefined, error, reload };
}
