// Fills a form as many web pages do; needs pdf-lib beside it: npm install in this folder.
import fs from "node:fs";
import { PDFDocument, PDFTextField, PDFCheckBox, PDFRadioGroup, PDFDropdown } from "pdf-lib";

const [source, wantedFile, target] = process.argv.slice(2);
const wanted = JSON.parse(fs.readFileSync(wantedFile));

async function filled() {
  const document = await PDFDocument.load(fs.readFileSync(source));
  for (const field of document.getForm().getFields()) {
    const value = wanted[field.getName()];
    if (value === undefined) continue;
    if (field instanceof PDFTextField) field.setText(value);
    else if (field instanceof PDFCheckBox) field.check();
    else if (field instanceof PDFRadioGroup || field instanceof PDFDropdown) field.select(value);
  }
  return document;
}

let saved;
try {
  saved = await (await filled()).save();
} catch {
  // its font has no letters but those of Windows-1252; pages then leave the drawing to the viewer
  saved = await (await filled()).save({ updateFieldAppearances: false });
}
fs.writeFileSync(target, saved);
