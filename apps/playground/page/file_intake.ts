import { find } from "./find.ts";

/** What to do with files that come in. */
export interface FileTakers {
  /** Takes files of images. */
  readonly takeImages: (files: readonly File[]) => void;
  /** Takes a file of weights. */
  readonly takeWeights: (file: File) => void;
}

/** Lets files in: dropped anywhere on the page, or chosen by its two buttons. */
export function letFilesIn({ takeImages, takeWeights }: FileTakers): void {
  const take = (files: readonly File[]) => {
    const [first] = files;
    if (first === undefined) return;
    if (files.length === 1 && first.name.endsWith(".safetensors")) takeWeights(first);
    else takeImages(files);
  };
  chooseBy("choose-files", "files", takeImages);
  chooseBy("load", "weights", ([file]) => takeWeights(file!));

  const { classList } = document.body;
  addEventListener("dragover", (event) => {
    event.preventDefault();
    classList.add("is-dropping");
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) classList.remove("is-dropping");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    classList.remove("is-dropping");
    take([...event.dataTransfer?.files ?? []]);
  });
}

function chooseBy(button: string, id: string, take: (files: readonly File[]) => void): void {
  const input = find(id, HTMLInputElement);
  find(button, HTMLButtonElement).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const files = [...input.files ?? []];
    // The same file may be chosen again.
    input.value = "";
    if (files.length > 0) take(files);
  });
}
