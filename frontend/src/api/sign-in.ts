import { bodyOf, type Transport } from "./transport";
import type { Session, User } from "./types";

export interface SignInApi {
  signIn(name: string, password: string): Promise<Session>;
  me(): Promise<User>;
}

export function createSignInApi({ json }: Transport): SignInApi {
  return {
    signIn: async (name, password) =>
      bodyOf(await json.POST("/api/v1/sign-in", { body: { name, password } })),
    me: async () => bodyOf(await json.GET("/api/v1/me")),
  };
}
