import { backendContract } from "@gradus/testing";
import { reference } from "./reference.ts";

backendContract("reference in float32", () => reference());
backendContract("reference in float64", () => reference({ dtype: "float64" }));
