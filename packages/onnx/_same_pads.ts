/**
 * How much padding `"same"` puts before and behind an axis of an image.
 *
 * @param length The axis.
 * @param options What a window spans, its holes included, and how far it is to the next one.
 */
export function samePads(
  length: number,
  { span, stride }: { readonly span: number; readonly stride: number },
): [before: number, after: number] {
  const reach = (Math.ceil(length / stride) - 1) * stride + span;
  const missing = Math.max(reach - length, 0);
  return [Math.floor(missing / 2), Math.ceil(missing / 2)];
}
