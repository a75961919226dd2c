/**
 * What the programs of Gradus share: flags, a progress line, tables, a report page; and the program
 * `gradus` itself: `deno run --allow-read jsr:@gradus/cli --help`.
 *
 * @example
 * ```ts
 * import { numbersFlag, parseFlags } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const spec = {
 *   hidden: numbersFlag({ description: "hidden units", fallback: [4, 16, 64], whole: true }),
 * };
 * assertEquals(parseFlags(["--hidden", "16"], spec).hidden, [16]);
 * ```
 *
 * @module
 */

import { gradus } from "./gradus.ts";
import { runProgram } from "./run_program.ts";

export * from "./ablations.ts";
export * from "./choose_backend.ts";
export * from "./classifier_report.ts";
export * from "./classify.ts";
export * from "./collect_image_trials.ts";
export * from "./config_file.ts";
export * from "./diverged_error.ts";
export * from "./drawn_task.ts";
export * from "./epoch_text.ts";
export * from "./explain_files.ts";
export * from "./explain_parts.ts";
export * from "./flag.ts";
export * from "./gradus.ts";
export * from "./history_file.ts";
export * from "./image_flags.ts";
export * from "./image_sweep.ts";
export * from "./interrupted_training_error.ts";
export * from "./measure_ablations.ts";
export * from "./open_backend.ts";
export * from "./parse_flags.ts";
export * from "./predictions_csv.ts";
export * from "./progress_line.ts";
export * from "./progress_text.ts";
export * from "./report_page.ts";
export * from "./resume_classifier.ts";
export * from "./resume_flags.ts";
export * from "./run_ablations.ts";
export * from "./run_folders.ts";
export * from "./run_image_app.ts";
export * from "./run_image_trials.ts";
export * from "./run_images.ts";
export * from "./run_model.ts";
export * from "./run_program.ts";
export * from "./run_training.ts";
export * from "./share.ts";
export * from "./spread.ts";
export * from "./text_table.ts";
export * from "./train_classifier.ts";
export * from "./training_settings.ts";
export * from "./trial_folder.ts";
export * from "./trial_grid.ts";
export * from "./usage_error.ts";
export * from "./version.ts";

if (import.meta.main) await runProgram(gradus);
