import type { Attributes } from "./_element.ts";
import type { Theme } from "./theme.ts";

/** What a colour is for. */
export type Role = "surface" | "ink" | "muted" | "axis" | "grid" | `series${number}`;

/** The attributes that give an element its colours. */
export type Paint = (colours: { fill?: Role; stroke?: Role }) => Attributes;

/**
 * Okabe and Ito's colours, moved until each stands out from its background by 3 : 1 and any two can
 * be told apart with each kind of colour blindness, which `_paint_test.ts` checks.
 */
export const SERIES_COLOURS: Readonly<Record<"light" | "dark", readonly string[]>> = {
  light: ["#2060a8", "#c94d16", "#0a9072", "#d465b0", "#b48f20", "#4799e0", "#4a4a4a"],
  dark: ["#3f93e6", "#e2671a", "#27d7ab", "#cb77a6", "#e8ab1a", "#a6bff0", "#f5f5f5"],
};

/** The colours of everything else. */
export const PAGE_COLOURS: Readonly<
  Record<"light" | "dark", Readonly<Record<"surface" | "ink" | "muted" | "axis" | "grid", string>>>
> = {
  light: { surface: "#ffffff", ink: "#1b2027", muted: "#59626d", axis: "#8a939e", grid: "#e4e7eb" },
  dark: { surface: "#15181d", ink: "#eceff3", muted: "#a7b0bb", axis: "#6c7683", grid: "#2b3038" },
};

/** The painter of a theme. */
export function paintFor(theme: Theme): Paint {
  const colours = palette(theme === "auto" ? "light" : theme);
  return ({ fill, stroke }) => ({
    class: theme === "auto" ? classNames(fill, stroke) : undefined,
    fill: fill && colours[fill],
    stroke: stroke && colours[stroke],
  });
}

/**
 * The rules that turn a drawing of theme "auto" dark. They are the same in every drawing and name
 * nothing but classes of their own, so that many of them can share one HTML page.
 */
export function darkStyleSheet(): string {
  const rules = Object.entries(palette("dark")).map(([role, colour]) =>
    `.${className("fill", role)}{fill:${colour}}.${className("stroke", role)}{stroke:${colour}}`
  );
  return `@media (prefers-color-scheme:dark){${rules.join("")}}`;
}

function palette(theme: "light" | "dark"): Record<string, string> {
  const series = SERIES_COLOURS[theme].map((colour, index) => [`series${index}`, colour]);
  return { ...PAGE_COLOURS[theme], ...Object.fromEntries(series) };
}

function classNames(fill?: Role, stroke?: Role): string {
  return [fill && className("fill", fill), stroke && className("stroke", stroke)]
    .filter((name) => name !== undefined).join(" ");
}

function className(property: "fill" | "stroke", role: string): string {
  return `gradus-${property}-${role}`;
}
