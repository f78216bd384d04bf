import { useEffect, useState } from "react";
import { type Resource, useResource } from "./useResource";

/** An image that needs the bearer token: fetched, then shown from memory by an object URL. */
export function usePicture(key: string, load: () => Promise<Blob>): Resource<string> {
  const { data, error, reload } = useResource(key, load);
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!data) return;
    const made = URL.createObjectURL(data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  return { data: data && url, error, reload };
}
