import { lineChart, type LineSeries } from "@gradus/plot";
import { isMeasured, type WorkloadResults } from "./results.ts";

/** What a machine reaches on some threads. */
export interface Roof {
  /** Of its multiply-adds. */
  readonly gflops: number;
  /** Of its copies. */
  readonly gigabytes: number;
}

/** A kernel's place under the roof. */
export interface RooflinePoint {
  readonly name: string;
  /** Floating-point operations for each byte. */
  readonly intensity: number;
  readonly gflops: number;
}

/**
 * What the machine reached, read off the kernels: its time for each is that of the operations or that of the
 * bytes, whichever is longer, so the largest quotients are its limits.
 */
export function roofOf(kernels: readonly WorkloadResults[], threads: number): Roof | null {
  const bounds = kernels.flatMap(({ peers, flops, bytes }) =>
    peers.filter(isMeasured)
      .filter((peer) => peer.library === "machine" && peer.threads === threads)
      .map(({ ms }) => ({ gflops: flops / ms.median / 1e6, gigabytes: bytes / ms.median / 1e6 }))
  );
  const gflops = Math.max(0, ...bounds.map(({ gflops }) => gflops));
  const gigabytes = Math.max(0, ...bounds.map(({ gigabytes }) => gigabytes));
  return gflops > 0 && gigabytes > 0 ? { gflops, gigabytes } : null;
}

/** Where Gradus's kernels are; those without operations have no place. */
export function pointsOf(kernels: readonly WorkloadResults[], threads: number): RooflinePoint[] {
  return kernels.flatMap(({ name, peers, flops, bytes }) =>
    peers.filter(isMeasured)
      .filter((peer) => peer.library === "gradus" && peer.threads === threads)
      .map(({ ms }) => ({
        name: name.replace("kernel ", ""),
        intensity: flops / bytes,
        gflops: flops / ms.median / 1e6,
      }))
  ).filter(({ intensity }) => intensity > 0 && Number.isFinite(intensity));
}

/**
 * The roofline picture as SVG: operations a second over operations a byte, the machine's limits as a roof,
 * each kernel as a point.
 *
 * @returns Null if the machine or all kernels are missing.
 */
export function rooflineChart(
  kernels: readonly WorkloadResults[],
  { threads, subtitle }: { readonly threads: number; readonly subtitle: string },
): string | null {
  const roof = roofOf(kernels, threads);
  const points = pointsOf(kernels, threads);
  if (roof === null || points.length === 0) return null;
  const { gflops, gigabytes } = roof;
  const intensities = points.map(({ intensity }) => intensity);
  const ridge = gflops / gigabytes;
  const x = [
    Math.min(ridge, ...intensities) / 1.5,
    ridge,
    Math.max(ridge, ...intensities) * 1.5,
  ];
  const series: LineSeries[] = [
    {
      name: `${gflops.toFixed(0)} GFLOP/s and ${gigabytes.toFixed(0)} GB/s of the machine`,
      x,
      y: x.map((intensity) => Math.min(gflops, intensity * gigabytes)),
      marker: false,
      dashed: false,
    },
    ...points.toSorted((a, b) => a.intensity - b.intensity).map(({ name, intensity, gflops }) => ({
      name,
      x: [intensity],
      y: [gflops],
    })),
  ];
  return lineChart({
    title: `Roofline of the kernels, ${threads} ${threads > 1 ? "threads" : "thread"}`,
    x: { label: "operations for each byte of memory (FLOP/B)", scale: "log" },
    y: { label: "speed (GFLOP/s)", scale: "log" },
    series,
    note: subtitle,
    width: 960,
    height: 760,
  });
}
