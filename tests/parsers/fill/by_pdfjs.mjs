// Fills a form as Firefox does; needs pdfjs-dist beside it: npm install in this folder.
import fs from "node:fs";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

const [source, wantedFile, target] = process.argv.slice(2);
const wanted = JSON.parse(fs.readFileSync(wantedFile));
const document = await getDocument({ data: new Uint8Array(fs.readFileSync(source)), verbosity: 0 }).promise;
for (let number = 1; number <= document.numPages; number++) {
  const page = await document.getPage(number);
  for (const widget of await page.getAnnotations()) {
    const value = wanted[widget.fieldName];
    if (value === undefined) continue;
    if (widget.checkBox) document.annotationStorage.setValue(widget.id, { value: true });
    else if (widget.radioButton) document.annotationStorage.setValue(widget.id, { value: widget.buttonValue === value });
    else document.annotationStorage.setValue(widget.id, { value });
  }
}
fs.writeFileSync(target, await document.saveDocument());
await document.destroy();
