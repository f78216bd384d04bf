import { type FormEvent, useState } from "react";
import { createSignInApi } from "../../api";
import { useAction } from "../hooks/useAction";
import { useServices } from "../hooks/useServices";
import { strings } from "../strings";
import { pageStrings } from "../strings-pages";
import { Button } from "./Button";
import { TextField } from "./Field";
import { Logo } from "./Logo";
import { Banner, Failure } from "./Notice";

const text = pageStrings.signIn;

export function SignInForm({ notice }: { notice?: string }) {
  const { session, transport } = useServices();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useAction(async () => {
    if (!name.trim() || !password) throw new Error(text.missing);
    session.signIn(await createSignInApi(transport).signIn(name.trim(), password));
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void signIn.run();
  };
  return (
    <main className="sign-in">
      <form className="card" onSubmit={submit} noValidate>
        <span className="brand">
          <Logo size={28} /> {strings.product}
        </span>
        <h1>{text.title}</h1>
        <p className="muted">{text.lead}</p>
        {notice && !signIn.error && <Banner tone="info">{notice}</Banner>}
        {signIn.error && <Failure message={signIn.error.message} />}
        <TextField label={text.name} value={name} onValue={setName} autoComplete="username" />
        <TextField
          label={text.password}
          type="password"
          value={password}
          onValue={setPassword}
          autoComplete="current-password"
        />
        <Button tone="primary" type="submit" disabled={signIn.pending}>
          {signIn.pending ? text.pending : text.submit}
        </Button>
      </form>
    </main>
  );
}
