import type { ButtonHTMLAttributes } from "react";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: "plain" | "primary" | "danger" | "quiet";
  small?: boolean;
}

export function Button({ tone = "plain", small = false, className, ...rest }: ButtonProps) {
  const names = ["button", `button-${tone}`, small && "button-small", className];
  return <button type="button" {...rest} className={names.filter(Boolean).join(" ")} />;
}
